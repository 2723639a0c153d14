import { expect, test } from 'vitest'
import { createAppScene, settled, type AppScene } from './app/app-scene.ts'
import { readDepth } from './app/read-depth.ts'
import { shownCheck } from './app/what-stands.ts'
import { brakedFiles, withoutQuotas } from './app/braked-fleet.ts'

const timeout = 180_000

/** What was answered below a pull request to one comment. */
function answersTo({ repository }: AppScene, command: number): readonly string[] {
  return repository.comments
    .filter(({ body }) => body.startsWith(`<!-- fleetwright-answer ${command} `))
    .map(({ body }) => body)
}

function reactionsTo({ repository }: AppScene, command: number): readonly string[] {
  return repository.comments.find(({ id }) => id === command)?.reactions.map(({ content }) => content) ?? []
}

/** GitHub tells seconds: what is said in the second in which a head moved does not count for it. */
function wait({ double }: AppScene): void {
  double.world.time.advance(2000)
}

test('who is not GitHub, and what GitHub said before, does nothing', { timeout }, async () => {
  const scene = await createAppScene()
  const { double, repository } = scene
  const served = await scene.startAndCatchUp()
  scene.openChange('welcome to')
  await settled(scene, served)
  const delivery = double.deliveries.all.find(({ event }) => event === 'pull_request')
  if (delivery === undefined) throw new Error('nothing was delivered')
  const before = JSON.stringify([repository.comments, repository.checkRuns])
  const asked = double.requests.length

  // Somebody who does not know the secret, or nothing of signatures.
  expect(await double.deliveries.send(delivery, { secret: 'not that of the app' })).toBe(401)
  expect(await double.deliveries.send(delivery, { signature: null })).toBe(401)
  expect(await double.deliveries.send(delivery, { signature: `sha256=${'0'.repeat(64)}` })).toBe(401)
  // Somebody who has seen a delivery: it is signed, and known.
  expect(await double.deliveries.send(delivery)).toBe(200)
  expect(await readDepth(served.metricsUrl)).toEqual({ waiting: 0, active: 0 })
  expect(double.requests).toHaveLength(asked)

  // Its number is not signed. With another one it is looked at again, and nothing follows from it.
  const replayed = double.deliveries.make(scene.app, 'pull_request', delivery.payload)
  expect(await double.deliveries.send(replayed)).toBe(202)
  await settled(scene, served)
  expect(JSON.stringify([repository.comments, repository.checkRuns])).toBe(before)
})

test(
  'commands of strangers, of bots, changed ones and such for another head are refused',
  {
    timeout,
  },
  async () => {
    const scene = await createAppScene()
    const { double, repository } = scene
    const served = await scene.startAndCatchUp()
    const { pull, branch } = scene.openChange('welcome to')
    await settled(scene, served)
    wait(scene)

    const stranger = repository.as('mallory').comment(pull.number, '/fleet compile')
    const bot = repository.as('helpful[bot]').comment(pull.number, '/fleet compile')
    await settled(scene, served)
    // Nobody makes the app write comments who may not write any himself.
    expect([answersTo(scene, stranger.id), reactionsTo(scene, stranger.id)]).toEqual([[], ['-1']])
    expect([answersTo(scene, bot.id), reactionsTo(scene, bot.id)]).toEqual([[], []])

    // Delivered late: by then the comment says something else than it did.
    double.deliveries.route('hold')
    const edited = repository.as('ada').comment(pull.number, '/fleet help')
    wait(scene)
    repository.as('ada').editComment(edited.id, '/fleet compile')
    double.deliveries.route('send')
    for (const delivery of double.deliveries.held()) await double.deliveries.send(delivery)
    await settled(scene, served)
    expect(answersTo(scene, edited.id)).toEqual([expect.stringContaining('This comment was edited')])

    // A push between the command and its execution.
    double.deliveries.route('hold')
    const late = repository.as('ada').comment(pull.number, '/fleet compile')
    wait(scene)
    const head = repository.as('ada').push(branch, { 'README.md': 'Something else.\n' })
    double.deliveries.route('send')
    for (const delivery of [...double.deliveries.held()].reverse()) await double.deliveries.send(delivery)
    await settled(scene, served)
    expect(answersTo(scene, late.id)).toEqual([
      expect.stringContaining(`The head has moved to \`${head.slice(0, 12)}\` since you said this.`),
    ])
    expect(reactionsTo(scene, late.id)).toEqual(['-1'])

    wait(scene)
    const again = repository.as('ada').comment(pull.number, '/fleet compile')
    await settled(scene, served)
    expect(reactionsTo(scene, again.id)).toEqual(['eyes', '+1'])
  },
)

test(
  'deletions are approved by those who may, by the button that was shown, and for that tree alone',
  {
    timeout,
  },
  async () => {
    const scene = await createAppScene(brakedFiles)
    const { repository, double, app } = scene
    const served = await scene.startAndCatchUp()
    const rendered = repository.branches().get('rendered')
    const isUnchanged = (): boolean => repository.branches().get('rendered') === rendered
    const stop = async (...gone: readonly string[]) => {
      const source = repository.commit('main', withoutQuotas(...gone), 'ada')
      await settled(scene, served)
      const check = shownCheck(repository, source, 'fleetwright compile')
      expect(check).toMatchObject({ status: 'completed', conclusion: 'failure' })
      const button = check?.actions.find(({ identifier }) => identifier.startsWith('ok:'))?.identifier
      if (check === undefined || button === undefined) throw new Error('no button was shown')
      expect(button).toMatch(/^ok:[\w-]{17}$/)
      return { source, check, button }
    }
    const first = await stop('one', 'two', 'three', 'four', 'five', 'six')

    repository.as('mallory').press(first.check.id, first.button)
    await settled(scene, served)
    expect(shownCheck(repository, first.source, 'fleetwright approval')).toMatchObject({
      ...{ conclusion: 'neutral', output: { title: 'The deletions were not approved' } },
    })
    expect(isUnchanged()).toBe(true)

    // An identifier that no check has: nothing was shown that it could stand for.
    const pressed = double.deliveries.all.findLast(({ action }) => action === 'requested_action')
    const forged = double.deliveries.make(app, 'check_run', {
      ...pressed?.payload,
      ...{ requested_action: { identifier: 'ok:ASNFZ4mrze8BI0Vni' }, sender: { login: 'ada', type: 'User' } },
    })
    expect(await double.deliveries.send(forged)).toBe(202)
    await settled(scene, served)
    expect(served.lines.filter(({ event }) => event === 'approval-refused').map(({ why }) => why)).toEqual([
      'not-allowed',
      'not-offered',
    ])
    expect(isUnchanged()).toBe(true)

    // What was shown is approved, and something else would be deleted by now.
    const second = await stop('one', 'two', 'three', 'four', 'five', 'six', 'seven')
    expect(second.button).not.toBe(first.button)
    repository.as('ada').press(first.check.id, first.button)
    await settled(scene, served)
    expect(isUnchanged()).toBe(true)
    expect(shownCheck(repository, second.source, 'fleetwright compile')).toMatchObject({
      ...{
        conclusion: 'failure',
        actions: [{ identifier: 'compile' }, { identifier: second.button }],
      },
    })

    repository.as('ada').press(second.check.id, second.button)
    await settled(scene, served)
    expect(isUnchanged()).toBe(false)
    expect(shownCheck(repository, second.source, 'fleetwright compile')).toMatchObject({
      conclusion: 'success',
    })
  },
)
