import { expect, test } from 'vitest'
import { createAppScene, settled } from './app/app-scene.ts'
import { greetingFiles } from './app/greeting-files.ts'
import { appComments, shownCheck } from './app/what-stands.ts'

const timeout = 180_000

test(
  'deliveries that come late, twice and in another order → one comment, about the head that stands',
  {
    timeout,
  },
  async () => {
    const scene = await createAppScene()
    const { repository, double } = scene
    const served = await scene.startAndCatchUp()
    double.deliveries.route('hold')
    const { pull, branch } = scene.openChange('welcome to')
    const head = repository.as('ada').push(branch, greetingFiles('good morning from'))
    const held = double.deliveries.held().filter(({ event }) => event === 'pull_request')
    expect(held.map(({ action }) => action)).toEqual(['opened', 'synchronize'])
    double.deliveries.route('send')
    for (const delivery of [...held.toReversed(), ...held]) await double.deliveries.send(delivery)
    expect(held.map(({ attempts }) => attempts.map(({ statusCode }) => statusCode))).toEqual([
      [202, 200],
      [202, 200],
    ])
    await settled(scene, served)
    expect(pull.headCommit).toBe(head)
    const [comment, ...others] = appComments(repository, pull.number)
    expect([comment?.includes(`{"head":"${head}"`), others]).toEqual([true, []])
    expect(shownCheck(repository, head, 'fleetwright')).toMatchObject({ conclusion: 'success' })
    expect(repository.checkRuns.filter(({ status }) => status !== 'completed')).toEqual([])
  },
)

test(
  'what nobody heard while the app was away is found when it starts: heads by looking, commands by asking again',
  {
    timeout,
  },
  async () => {
    const scene = await createAppScene()
    const { repository, double } = scene
    // Known to GitHub, and nobody listens there.
    await (await scene.startAndCatchUp()).kill()
    const { pull } = scene.openChange('welcome to')
    double.world.time.advance(2000)
    const command = repository.as('ada').comment(pull.number, '/fleet help')
    const source = repository.commit('main', greetingFiles('good morning from'), 'ada')
    await double.deliveries.idle()
    expect(double.deliveries.all.at(-1)?.attempts).toMatchObject([{ statusCode: 502 }])
    // The one that died has the lease of who looks, for half a minute.
    const served = await scene.start()
    await served.logged('reconciling')
    await served.logged('redelivered')
    await settled(scene, served)
    expect(
      appComments(repository, pull.number).filter((body) => body.includes('fleetwright-review')),
    ).toHaveLength(1)
    expect(
      repository.comments.filter(({ body }) => body.startsWith(`<!-- fleetwright-answer ${command.id} `)),
    ).toHaveLength(1)
    expect(shownCheck(repository, source, 'fleetwright compile')).toMatchObject({ conclusion: 'success' })
  },
)
