import { execFile } from 'node:child_process'
import { join } from 'node:path'
import { pathToFileURL } from 'node:url'
import { promisify } from 'node:util'
import { expect, test } from 'vitest'
import { createRandom } from './random.ts'
import { createAppScene } from './test-ports.ts'
import { useGitHubDouble } from './use-github-double.ts'

test('the same seed gives the same misfortune', () => {
  const [one, two, other] = [createRandom(7), createRandom(7), createRandom(8)]
  const draw = (random: () => number): number[] => Array.from({ length: 50 }, random)
  const drawn = draw(one)
  expect(draw(two)).toEqual(drawn)
  expect(draw(other)).not.toEqual(drawn)
  expect(drawn.every((each) => each >= 0 && each < 1)).toBe(true)
  expect(Math.min(...drawn)).toBeLessThan(0.2)
  expect(Math.max(...drawn)).toBeGreaterThan(0.8)
})

test('a share of all requests goes wrong, and what is written is there once all the same', async () => {
  const double = await useGitHubDouble()
  const repository = double.repository()
  repository.commit('main', { 'a.yaml': '1\n' })
  const { ports } = createAppScene(double)
  double.misbehave({
    ...{ share: 0.2, kinds: ['bad-gateway', 'secondary-limit', 'lost-answer', 'lost-request'] },
    random: createRandom(4),
  })
  const branches = Array.from({ length: 8 }, (_, index) => `fleetwright/fleet/cluster-${index}`)
  for (const [index, head] of branches.entries()) {
    repository.commit(head, { 'a.yaml': `${index + 2}\n` })
    const again = async <T>(work: () => Promise<T>): Promise<T> => work().catch(() => again(work))
    const { number } = await again(() =>
      ports.proposals.open({ head, base: 'main', title: head, body: head }),
    )
    await again(() => ports.proposals.update(number, { title: `${head} again`, body: head }))
    if (index % 2 === 0) await again(() => ports.proposals.close(number, 'The reason is gone.'))
  }
  double.misbehave(undefined)
  expect(repository.pullRequests.map(({ headBranch, title, state }) => [headBranch, title, state])).toEqual(
    branches.map((head, index) => [head, `${head} again`, index % 2 === 0 ? 'closed' : 'open']),
  )
  expect(repository.comments.map(({ issue }) => issue)).toEqual([1, 3, 5, 7])
  expect(double.requests.filter(({ status }) => status === 0 || status >= 500 || status === 403)).not.toEqual(
    [],
  )
})

test('it needs no test runner', async () => {
  const file = pathToFileURL(join(import.meta.dirname, 'github-double.ts')).href
  const script = `
    const { createGitHubDouble } = await import(${JSON.stringify(file)})
    const double = await createGitHubDouble({ clock: 'real' })
    const app = double.createApp()
    app.install('fleet', 'all')
    console.log(double.repository().openPullRequest().number, app.slug)
    await double.close()`
  const { stdout } = await promisify(execFile)(process.execPath, ['--input-type=module', '--eval', script])
  expect(stdout.trim()).toBe('1 fleetwright')
})
