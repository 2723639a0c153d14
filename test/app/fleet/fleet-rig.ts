import { mkdtempSync, readdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join, resolve } from 'node:path'
import { setTimeout as sleep } from 'node:timers/promises'
import { onTestFinished, vi } from 'vitest'
import type { WatchPace } from '../../../src/app/fleet/watch-pace.ts'
import { watchFleets } from '../../../src/app/fleet/watch-fleets.ts'
import { doWork } from '../../../src/app/handlers.ts'
import type { AppPorts } from '../../../src/app/types.ts'
import { compileWork } from '../../../src/app/work/compile-work.ts'
import { toQueuedWork } from '../../../src/review/review.ts'
import type { Work } from '../../../src/review/types.ts'
import type { PullRequestState } from '../../github/state.ts'
import {
  kubeconfigOf,
  startKubernetesServer,
  type KubernetesServer,
} from '../../kubernetes-server/kubernetes-server.ts'
import { factsPrefix } from '../../../src/app/work/state-keys.ts'
import { createWorkRig, type RigOptions, type WorkRig } from '../work/work-rig.ts'

/** Three classifiers by version, one profile for each range, and three versions of one chart. */
const repository = resolve(import.meta.dirname, '../../../fixtures/cases/resolve/classifier-upgrade/repo')

export interface FleetSpecLines {
  /** Lines below `spec:`. */
  readonly more?: string
}

function configuration({ more = '' }: FleetSpecLines): string {
  return `apiVersion: fleetwright.dev/v1alpha1
kind: FleetConfig
spec:
${more}  clusters:
  - { name: blue, namespace: fleet, context: blue, labels: { env: production } }
  - { name: green, namespace: fleet, context: green, labels: { env: production } }
`
}

/** The clusters are the live ones; the written ones stay out. */
function intentFiles(): Readonly<Record<string, string>> {
  const paths = readdirSync(repository, { recursive: true, withFileTypes: true })
    .filter((entry) => entry.isFile())
    .map((entry) => join(entry.parentPath, entry.name).slice(repository.length + 1))
    .filter((path) => !path.startsWith('clusters/'))
  return Object.fromEntries(paths.map((path) => [path, readFileSync(join(repository, path), 'utf8')]))
}

/** A fleet of two clusters with an app that watches it, and all that the app stands on. */
export interface FleetRig extends WorkRig {
  readonly commitIntent: (spec?: FleetSpecLines) => string
  /** Works until nothing waits. */
  readonly work: () => Promise<void>
  readonly open: () => readonly PullRequestState[]
  /** Merges as a person does. */
  readonly merge: (pull: PullRequestState | undefined) => Promise<void>
  /** Text of a file of a branch. */
  readonly file: (branch: string, path: string) => string
}

/** Its clusters are API servers. */
export interface LiveRig extends FleetRig {
  readonly kubeconfig: string
  /** The API server comes back as another version. */
  readonly upgrade: (name: ClusterName, version: string) => Promise<void>
  readonly stopCluster: (name: ClusterName) => Promise<void>
  /** Starts a replica that watches. */
  readonly watch: (holder?: string) => { stop(): Promise<void> }
  /** Works whatever comes until this holds. */
  readonly until: (holds: () => void | Promise<void>) => Promise<void>
}

/** Its clusters are what somebody says of them. */
export interface ToldRig extends FleetRig {
  /** As if a child had observed this: versions by cluster. */
  readonly observe: (versions: Versions, more?: Told) => Promise<void>
}

interface Told {
  /** Milliseconds since the epoch; default: now. */
  readonly at?: number
  /** Instead of what follows from the versions, by path. */
  readonly files?: Readonly<Record<string, string>>
}

type ClusterName = 'blue' | 'green'
type Versions = Partial<Record<ClusterName, string>>

/** Soon enough for tests, and no condition: everything waits for what it wants to see. */
export const pace: Omit<WatchPace, 'holder'> = {
  ...{ leaseMs: 900, lookMs: 600, restMs: 50, random: () => 0 },
  async wait(milliseconds, signal) {
    await sleep(milliseconds, undefined, { signal }).catch(() => undefined)
  },
}

/** As the clusters are at the beginning. */
export const versions = { blue: 'v1.24.17', green: 'v1.25.16' } as const

const watched = [{ owner: 'fleet', name: 'demo' }]

export async function createFleet(spec: FleetSpecLines, options: RigOptions): Promise<FleetRig> {
  const rig = await createWorkRig({
    ...options,
    ports: (real) => ({
      ...{ fleets: { ...real.fleets, watched }, now: () => Date.now() },
      ...options.ports?.(real),
    }),
  })
  const { state, ports } = rig
  return {
    ...rig,
    commitIntent: (lines = spec) =>
      state.commit('main', { ...intentFiles(), 'fleetwright.yaml': configuration(lines) }),
    work: () => workAll(ports),
    open: () => state.pullRequests.filter((pull) => pull.state === 'open'),
    async merge(pull) {
      if (pull === undefined) throw new Error('there is nothing to merge')
      state.git().git('update-ref', 'refs/heads/rendered', `refs/heads/${pull.headBranch}`)
      state.as('ada').close(pull.number, { merged: true })
      // What the push of the merge asks for.
      await ports.queue.add([toQueuedWork({ type: 'compile', repository: rig.repository, branch: 'main' })])
    },
    file: (branch, path) => state.git().git('show', `refs/heads/${branch}:${path}`),
  }
}

function compile({ run, repository: of }: FleetRig): Promise<void> {
  return run(compileWork, { type: 'compile', repository: of, branch: 'main' })
}

export async function createLiveRig(spec: FleetSpecLines = {}): Promise<LiveRig> {
  const folder = mkdtempSync(join(tmpdir(), 'fleetwright-fleet-'))
  onTestFinished(() => rmSync(folder, { recursive: true, force: true }))
  const kubeconfig = join(folder, 'kubeconfig')
  const clusters = new Map<string, KubernetesServer>()
  for (const [name, version] of Object.entries(versions))
    clusters.set(name, await startKubernetesServer({ version }))
  onTestFinished(async () => {
    await Promise.all([...clusters.values()].map((cluster) => cluster.stop()))
  })
  writeFileSync(kubeconfig, kubeconfigOf(Object.fromEntries(clusters)))
  const observing = { env: { KUBECONFIG: kubeconfig }, args: ['--debounce=200ms', '--poll=300ms'] }
  const rig = await createFleet(spec, { setting: { clusters: observing } })
  rig.commitIntent()
  await compile(rig)
  return {
    ...{ ...rig, kubeconfig },
    async upgrade(name, version) {
      const port = clusters.get(name)?.port ?? 0
      await clusters.get(name)?.stop()
      clusters.set(name, await startKubernetesServer({ version, port }))
    },
    stopCluster: async (name) => clusters.get(name)?.stop(),
    watch(holder = 'one') {
      const watching = watchFleets(rig.ports, { ...pace, holder })
      onTestFinished(() => watching.stop())
      return watching
    },
    until: (holds) =>
      vi.waitFor(
        async () => {
          await rig.work()
          await holds()
        },
        { timeout: 150_000, interval: 100 },
      ),
  }
}

/** Compiled with what is known of the clusters at the beginning. */
export async function createToldRig(spec: FleetSpecLines = {}, options: RigOptions = {}): Promise<ToldRig> {
  const rig = await createFleet(spec, options)
  rig.state.commit('rendered', Object.fromEntries(factsOf(versions, Date.now())))
  rig.commitIntent()
  await compile(rig)
  await rig.work()
  return {
    ...rig,
    async observe(now, { at = Date.now(), files: own = {} } = {}) {
      const prefix = factsPrefix(rig.repository)
      const before = await rig.ports.state.list(prefix)
      const gone = [...before.keys()].map((key) => [key, undefined] as const)
      const told = new Map([...factsOf(now, at), ...Object.entries(own)])
      const files = [...told].map(([path, text]) => [`${prefix}${path}`, text] as const)
      await rig.ports.state.put(new Map<string, string | undefined>([...gone, ...files]))
    },
  }
}

export function factsOf(now: Versions, observedAt: number): ReadonlyMap<string, string> {
  const at = new Date(observedAt).toISOString().replace(/\.\d+Z$/, 'Z')
  const names = Object.entries(now)
  const ages = Object.fromEntries(
    names.map(([name]) => [`fleet/${name}`, { observedAt: at, reachable: true }]),
  )
  return new Map([
    ...names.map(([name, version]): [string, string] => [
      `.fleetwright/facts/fleet/${name}.json`,
      `${JSON.stringify({ asked: [], labels: {}, objects: [], resources: [], version })}\n`,
    ]),
    ['.fleetwright/observed.json', `${JSON.stringify(ages)}\n`],
  ])
}

async function workAll(ports: AppPorts): Promise<void> {
  for (;;) {
    const claim = await ports.queue.claim('test')
    if (claim === undefined) return
    await doWork(ports, claim.work.work as Work, {
      log: ports.log,
      signal: claim.signal,
      attempt: claim.attempt,
    })
    await claim.done()
  }
}
