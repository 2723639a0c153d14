import { readFile } from 'node:fs/promises'
import { dirname, join } from 'node:path'
import { createClusterReaders } from '../../../src/adapters/kubernetes/kubernetes.ts'
import { createMemoryBranch, type MemoryBranch } from '../../../src/adapters/memory/memory-branch.ts'
import { createMemoryReader } from '../../../src/adapters/memory/memory-reader.ts'
import { updateFacts } from '../../../src/branch/branch.ts'
import { createLuaEvaluator } from '../../../src/cli/evaluate-lua.ts'
import { defaultConfig } from '../../../src/config/config.ts'
import { compile, type CompileOptions } from '../../../src/compile.ts'
import type { Diagnostic } from '../../../src/diagnostics/types.ts'
import type { Engine } from '../../../src/engine/types.ts'
import { isFactsPath } from '../../../src/observe/observe.ts'
import { observeFleet, type ObservedFleet, type ObserveFleetOptions } from '../../../src/observe-fleet.ts'
import { nothingKnown } from '../../../src/render/render.ts'
import { nothingToFetch } from '../../compile-files.ts'
import { bot, run, type Run } from '../../journey/run.ts'
import type { KubernetesCluster } from '../kubernetes-cluster.ts'

/** A repository in memory, one rendered branch, and clusters that are reached over the network. */
export interface LiveFleet {
  readonly branch: MemoryBranch
  /** Reads the clusters and records what they say on the branch, as `fleetwright observe` does. */
  observe(asOf: string): Promise<Observation>
  /** Compiles from what the branch records; or from `facts`, onto `branch`. */
  compile(
    asOf: string,
    other?: { readonly facts: ReadonlyMap<string, string>; readonly branch: MemoryBranch },
  ): Promise<Run>
  /** Compiles a world that is not, and writes nothing. */
  imagine(asOf: string, whatIf: NonNullable<CompileOptions['whatIf']>): ReturnType<typeof compile>
  /** Recorded files of the branch, by path. */
  recorded(): ReadonlyMap<string, string>
  /** What the branch gives one cluster, by path below the cluster's folder. */
  folder(cluster: string): Readonly<Record<string, string>>
}

export interface Observation extends ObservedFleet {
  readonly diagnostics: readonly Diagnostic[]
}

export interface LiveFleetSetting {
  readonly engine: Engine
  readonly files: Readonly<Record<string, string>>
  /** Text of the kubeconfig of whoever runs it. */
  readonly kubeconfig: string
  readonly options?: Partial<ObserveFleetOptions>
}

const compiler = '0.0.0-test'

export function createLiveFleet({ engine, files, kubeconfig, options = {} }: LiveFleetSetting): LiveFleet {
  const branch = createMemoryBranch()
  const reader = createMemoryReader(files)
  const recorded = (): ReadonlyMap<string, string> =>
    new Map([...branch.filesOf('rendered')].filter(([path]) => isFactsPath(path)))
  const portsAt = (asOf: string) => ({
    ...{ reader, engine, elapsedMs: () => performance.now(), sources: () => nothingToFetch },
    evaluateLua: createLuaEvaluator({ now: asOf, elapsedMs: () => performance.now() }),
  })
  const optionsAt = (asOf: string) => ({
    ...{ facts: recorded(), sets: new Map(), asOf, compiler, fetch: {}, known: nothingKnown },
  })
  return {
    branch,
    recorded,
    async observe(asOf) {
      const diagnostics: Diagnostic[] = []
      const report = (one: Diagnostic): void => void diagnostics.push(one)
      const readers = createClusterReaders({
        kubeconfig: { type: 'text', text: kubeconfig },
        allowExecPlugins: false,
        environment: {},
      })
      const base = recorded()
      const observed = await observeFleet(
        { ...portsAt(asOf), readers },
        { ...optionsAt(asOf), concurrency: 4, clusterDeadlineMs: 30_000, ...options },
        report,
      )
      const recording = { config: defaultConfig, committer: bot, date: asOf, compiler, branch: 'rendered' }
      await updateFacts(branch, { files: observed.files, base }, recording, report)
      return { ...observed, diagnostics }
    },
    compile: (asOf, other) =>
      run(
        { reader, writer: other?.branch ?? branch, engine },
        { asOf, ...(other && { facts: other.facts }) },
      ),
    imagine: (asOf, whatIf) => compile(portsAt(asOf), { ...optionsAt(asOf), whatIf }, () => undefined),
    folder(cluster) {
      const start = `clusters/${cluster}/`
      const own = [...branch.filesOf('rendered')].filter(([path]) => path.startsWith(start))
      return Object.fromEntries(own.map(([path, text]) => [path.slice(start.length), text]))
    },
  }
}

/** Installs definitions of the shared folder. */
export async function installDefinitions(
  cluster: KubernetesCluster,
  shared: string,
  files: readonly string[],
): Promise<void> {
  for (const file of files) await cluster.apply(await readFile(join(shared, 'infra/crds', file), 'utf8'))
  await cluster.kubectl('wait', '--for=condition=Established', 'crd', '--all', '--timeout=60s')
}

/** A Cluster of Cluster API that is up, and the Secret with its kubeconfig, as the control plane provider writes it. */
export async function registerCluster(
  management: KubernetesCluster,
  workload: KubernetesCluster,
  { name, namespace, labels }: { name: string; namespace: string; labels: Readonly<Record<string, string>> },
): Promise<void> {
  const head = {
    apiVersion: 'cluster.x-k8s.io/v1beta2',
    kind: 'Cluster',
    metadata: { name, namespace, labels },
  }
  const spec = { clusterNetwork: { pods: { cidrBlocks: ['192.168.0.0/16'] } } }
  const kubeconfig = await readFile(workload.kubeconfig)
  await management.apply([
    { ...head, spec },
    {
      ...{ apiVersion: 'v1', kind: 'Secret', type: 'cluster.x-k8s.io/secret' },
      metadata: {
        name: `${name}-kubeconfig`,
        namespace,
        labels: { 'cluster.x-k8s.io/cluster-name': name },
      },
      data: { value: kubeconfig.toString('base64') },
    },
  ])
  const status = {
    phase: 'Provisioned',
    initialization: { controlPlaneInitialized: true, infrastructureProvisioned: true },
  }
  await management.apply([{ ...head, spec, status }], '--subresource=status')
}

/** Ends the API server of a cluster, which otherwise stays as it is, as a crash does. */
export async function killApiServer({ kubeconfig }: KubernetesCluster): Promise<void> {
  const pid = Number(await readFile(join(dirname(kubeconfig), 'apiserver.pid'), 'utf8'))
  process.kill(pid, 'SIGKILL')
}
