import { expect, onTestFinished, test, vi } from 'vitest'
import { redisBinary, startRedis } from '../contracts/redis-server.ts'
import { holdRequest } from '../github/hold-request.ts'
import { createAppScene, settled } from './app/app-scene.ts'
import { greetingFiles } from './app/greeting-files.ts'
import { processesIn, workingFolders } from './app/left-behind.ts'
import { appComments, compileByHand, readDelivered, shownCheck } from './app/what-stands.ts'

const timeout = 240_000

test.skipIf(redisBinary() === undefined)(
  'two replicas on Redis share the work; what one does when it is killed the other does, once',
  { timeout },
  async () => {
    const redis = await startRedis()
    onTestFinished(() => redis.stop())
    const scene = await createAppScene()
    const { repository, double, dataFolder } = scene
    const replica = (name: string) => ({
      ...{ REDIS_URL: redis.url, WORKERS: '1', FLEETWRIGHT_DATA: `${dataFolder}/${name}` },
    })
    const first = await scene.startAndCatchUp(replica('first'))
    const second = await scene.start(replica('second'))
    const ofFirst = scene.app.webhookUrl === undefined ? '' : `${first.url}/api/github/webhooks`

    // The second one hears of it, and either takes it; whoever does is held in the middle.
    const heldReview = holdRequest(double, { method: 'POST', path: /\/issues\/1\/comments$/ })
    const { pull } = scene.openChange('welcome to')
    await heldReview.reached
    // A worker is busy; what else there is the other replica does.
    const heldPush = holdRequest(double, { path: /\/git-receive-pack$/ })
    const source = repository.commit('main', greetingFiles('good morning from'), 'ada')
    await heldPush.reached
    const works = [first, second].map(({ lines }) => lines.filter(({ event }) => event === 'child-ended'))
    const [ofReview, ofCompile] = works[0]?.some(
      ({ work, command }) => work === 'review' && command === 'diff',
    )
      ? [first, second]
      : [second, first]

    await ofReview.kill()
    heldReview.release('break-off')
    heldPush.release()
    scene.app.webhookUrl = ofCompile === first ? ofFirst : `${second.url}/api/github/webhooks`
    await settled(scene, ofCompile)
    expect(ofCompile.lines).toContainEqual(
      expect.objectContaining({ event: 'work', work: 'review', outcome: 'done' }),
    )

    await vi.waitFor(() => expect(processesIn(dataFolder)).toEqual([]), { timeout: 20_000 })
    expect(appComments(repository, pull.number)).toHaveLength(1)
    expect(shownCheck(repository, pull.headCommit, 'fleetwright')).toMatchObject({ conclusion: 'success' })
    expect(shownCheck(repository, source, 'fleetwright compile')).toMatchObject({ conclusion: 'success' })
    expect(repository.checkRuns.filter(({ status }) => status !== 'completed')).toEqual([])
    expect(repository.git().git('rev-list', '--count', 'refs/heads/rendered')).toBe('2')
    expect(readDelivered(repository)).toEqual(compileByHand(repository, source))
    expect(workingFolders(`${dataFolder}/${ofCompile === first ? 'first' : 'second'}`)).toEqual([])
  },
)
