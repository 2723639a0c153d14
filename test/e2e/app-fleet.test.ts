import { afterAll, afterEach, beforeAll, describe, expect, onTestFinished, test, vi } from 'vitest'
import type { ServedProcess } from '../app/served-process.ts'
import { redisBinary, startRedis } from '../contracts/redis-server.ts'
import type { PullRequestState } from '../github/state.ts'
import { requireShared, sharedFolder } from '../shared.ts'
import { createAppScene, settled, type AppScene } from './app/app-scene.ts'
import { processesIn } from './app/left-behind.ts'
import {
  clusterName,
  configMapOf,
  database,
  databaseDefinition,
  watchCluster,
  watchedFiles,
} from './app/watched-fleet.ts'
import { startCluster, type KubernetesCluster } from './kubernetes-cluster.ts'

const timeout = 240_000
const portBase = 31_800 + (process.pid % 20) * 10
const branch = 'fleetwright/fleet/fleet/blue'
const shortly = { timeout: 90_000, interval: 50 }

/** As that version `resource.k8s.io/v1` is not served, which came with the next one. */
const older = '--emulated-version=1.33'

describe.skipIf(sharedFolder() === undefined)('a real API server that the app watches', { timeout }, () => {
  let cluster: KubernetesCluster

  beforeAll(async () => {
    cluster = await startCluster(requireShared(), clusterName, portBase, [older])
    await cluster.apply([databaseDefinition])
    await cluster.kubectl('wait', '--for=condition=Established', 'crd', '--all', '--timeout=60s')
  })
  afterAll(() => cluster.stop())
  afterEach(async () => {
    await cluster.kubectl('delete', 'databases', 'database', '--ignore-not-found')
  })

  /** The app watches, and what is known of the cluster is merged. */
  async function startWatched(poll?: string): Promise<{ scene: AppScene; served: ServedProcess }> {
    const scene = await createAppScene(watchedFiles)
    const served = await scene.startAndCatchUp(watchCluster(scene.dataFolder, cluster, poll))
    const joined = await appears(scene)
    await settled(scene, served)
    merge(scene, joined)
    await vi.waitFor(() => expect(scene.repository.branches().has(joined.headBranch)).toBe(false), shortly)
    await settled(scene, served)
    expect(open(scene)).toEqual([])
    return { scene, served }
  }

  test('something appears in it → a pull request says what follows; it becomes other → the same one; it goes → closed', async () => {
    const { scene, served } = await startWatched()
    const { repository } = scene
    const rendered = repository.branches().get('rendered')

    await cluster.apply([database('small')])
    const pull = await appears(scene)
    await settled(scene, served)
    expect(pull).toMatchObject({ headBranch: branch, baseBranch: 'rendered' })
    expect(pull.title).toBe('blue has Database default/database now: gains backup 1.0.0')
    expect(pull.body).toContain(
      '- `fleet/blue`: Database `default/database` appeared in the cluster → label `database` of the cluster is `small`, set by `Classifier/small-database`: finds 1 object: Database `default/database` → gains `backup` `1.0.0`\n',
    )
    expect(fileOf(scene, 'backup')).toContain('every: day')
    expect(repository.branches().get('rendered')).toBe(rendered)

    await cluster.apply([database('large')])
    await vi.waitFor(
      () => expect(pull.title).toBe('blue has Database default/database now: gains backup 2.0.0'),
      shortly,
    )
    expect(pull.body).toContain('is `large`, set by `Classifier/large-database`')
    expect(fileOf(scene, 'backup')).toContain('every: hour')
    expect(open(scene)).toEqual([pull])

    await cluster.kubectl('delete', 'databases', 'database')
    await expectClosed(scene, pull)
    await settled(scene, served)
    expectProposedOnce(scene)
  })

  test.skipIf(redisBinary() === undefined)(
    'two replicas on Redis: one watches; it is killed → the other one does, with what happened meanwhile, and nothing is twice',
    async () => {
      const redis = await startRedis()
      onTestFinished(() => redis.stop())
      const scene = await createAppScene(watchedFiles)
      const { dataFolder, repository } = scene
      const replica = (name: string) => ({
        ...{ ...watchCluster(dataFolder, cluster), REDIS_URL: redis.url },
        FLEETWRIGHT_DATA: `${dataFolder}/${name}`,
      })
      const watchersOf = (name: string) =>
        processesIn(`${dataFolder}/${name}`).filter((line) => line.includes(' observe --watch '))
      const first = await scene.startAndCatchUp(replica('first'))
      await first.logged('watching')
      const second = await scene.start(replica('second'))
      const joined = await appears(scene)
      await settled(scene, second)
      expect([watchersOf('first').length, watchersOf('second').length]).toEqual([1, 0])

      await first.kill()
      await cluster.apply([database('small')])
      expect(watchesOf(second)).toBe(0)
      await vi.waitFor(() => expect(processesIn(`${dataFolder}/first`)).toEqual([]), shortly)
      merge(scene, joined)
      await settled(scene, second)

      await second.logged('watching')
      const pull = await appears(scene)
      expect(pull.title).toBe('blue has Database default/database now: gains backup 1.0.0')
      await cluster.apply([database('large')])
      await vi.waitFor(() => expect(pull.title).toContain('gains backup 2.0.0'), shortly)
      await settled(scene, second)
      expect(fileOf(scene, 'backup')).toContain('every: hour')
      expect(open(scene)).toEqual([pull])
      expectProposedOnce(scene)
      expect(repository.git().git('rev-list', '--count', `rendered..${branch}`)).toBe('1')
      expect([watchesOf(first), watchesOf(second)]).toEqual([1, 1])
      expect([watchersOf('first').length, watchersOf('second').length]).toEqual([0, 1])
    },
  )

  // The version that it tells is that of its binary, whatever it emulates: only what follows its digits can be another one.
  test('it comes back as a newer version → a pull request says what follows; as yet another → the same one; as before → closed', async () => {
    await cluster.apply([database('small')])
    // It is asked while it begins, too, when it does not know yet what it was taught: nothing is gone that it does not list.
    const { scene, served } = await startWatched('100ms')
    await cluster.restart()
    const pull = await appears(scene)
    await settled(scene, served)
    expect(pull).toMatchObject({ headBranch: branch, baseBranch: 'rendered' })
    expect(pull.title).toBe('blue serves resource.k8s.io/v1/DeviceClass and 4 more: gateway changes')
    expect(pull.body).toContain(
      '- `fleet/blue`: the cluster serves `resource.k8s.io/v1/DeviceClass` and 4 more now → `gateway` changes\n',
    )
    expect(fileOf(scene, 'gateway')).toMatch(/claims: "true"\n +kubernetes: v1\.35\.4\n/)

    await cluster.restart('--version=v1.35.4-security.1')
    await vi.waitFor(() => expect(pull.title).toBe('blue serves 1.35.4-security.1: gateway changes'), shortly)
    expect(pull.body).toContain(
      '- `fleet/blue`: the cluster serves Kubernetes `v1.35.4-security.1`, it served `v1.35.4` → `gateway` changes\n',
    )
    expect(fileOf(scene, 'gateway')).toMatch(/claims: "true"\n +kubernetes: v1\.35\.4-security\.1\n/)
    expect(open(scene)).toEqual([pull])

    await cluster.restart(older)
    await expectClosed(scene, pull)
    await settled(scene, served)
    expectProposedOnce(scene)
    const changes = served.lines.filter(({ event }) => event === 'cluster-changed')
    expect(changes.filter(({ change }) => change === 'deleted')).toEqual([])
    expect(scene.repository.issues).toEqual([])
  })
})

function open({ repository }: AppScene): readonly PullRequestState[] {
  return repository.pullRequests.filter(({ state }) => state === 'open')
}

/** The only one that is open, as it comes to be. */
function appears(scene: AppScene): Promise<PullRequestState> {
  return vi.waitFor(() => {
    const [pull, ...others] = open(scene)
    if (pull === undefined || others.length > 0) throw new Error(`${open(scene).length} are open`)
    return pull
  }, shortly)
}

/** As a person does. */
function merge({ repository, double }: AppScene, { number, headBranch }: PullRequestState): void {
  const before = repository.branches()
  repository.git().git('update-ref', 'refs/heads/rendered', `refs/heads/${headBranch}`)
  repository.pushed(before, double.world.account('ada'))
  repository.as('ada').close(number, { merged: true })
}

/** What a chart became, as it is proposed. */
function fileOf({ repository }: AppScene, chart: string): string {
  return repository.git().git('show', `refs/heads/${branch}:${configMapOf(chart)}`)
}

async function expectClosed({ repository }: AppScene, pull: PullRequestState): Promise<void> {
  await vi.waitFor(() => expect(pull.state).toBe('closed'), shortly)
  expect(pull.merged).toBe(false)
  const said = repository.comments.filter(({ issue }) => issue === pull.number).map(({ body }) => body)
  expect(said).toEqual([expect.stringContaining('The reason for this is gone')])
  await vi.waitFor(() => expect(repository.branches().has(branch)).toBe(false), shortly)
}

/** One for the cluster that joined, and one for what happened in it: nobody tried another one. */
function expectProposedOnce({ repository, double }: AppScene): void {
  expect(repository.pullRequests).toHaveLength(2)
  const opened = double.requests.filter(({ method, path }) => method === 'POST' && path.endsWith('/pulls'))
  expect(opened.map(({ status }) => status)).toEqual([201, 201])
}

function watchesOf({ lines }: ServedProcess): number {
  return lines.filter(({ event }) => event === 'watching').length
}
