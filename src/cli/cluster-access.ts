import { resolve } from 'node:path'
import {
  createClusterReaders,
  createLiveClusters,
  type ClusterReadersOptions,
} from '../adapters/kubernetes/kubernetes.ts'
import { parseDuration } from '../config/config.ts'
import type { FleetConfig } from '../config/types.ts'
import type { LiveClusters } from '../live/live-clusters-port.ts'
import type { ClusterAddress, ClusterReaders } from '../observe/cluster-reader-port.ts'
import { configuredManagement } from '../observe-targets.ts'
import { UsageError, type Io } from './io.ts'
import type { Options } from './options.ts'

/** How clusters are read, as the options say. */
export interface ClusterAccess {
  readonly readers: ClusterReaders
  /** Absent where neither the options nor fleetwright.yaml name one. */
  readonly management?: ClusterAddress
  readonly concurrency: number
  readonly clusterDeadlineMs: number
}

const defaultConcurrency = 16
const defaultDeadlineMs = 30_000

/** Every object of a cluster is asked for, where observing asks for a few. */
const liveDeadlineMs = 120_000

/** Connects to nothing yet. Throws UsageError. */
export function openClusterAccess(options: Options, io: Io, config: FleetConfig): ClusterAccess {
  return {
    readers: createClusterReaders(readersOptions(options, io)),
    ...boundsOf(options, config, defaultDeadlineMs),
  }
}

/** The same for comparing clusters with what they should have. */
export function openLiveAccess(
  options: Options,
  io: Io,
  config: FleetConfig,
): Omit<ClusterAccess, 'readers'> & { readonly clusters: LiveClusters } {
  return {
    clusters: createLiveClusters(readersOptions(options, io)),
    ...boundsOf(options, config, liveDeadlineMs),
  }
}

function readersOptions({ kubeconfig, allowExec }: Options, io: Io): ClusterReadersOptions {
  return {
    ...(kubeconfig !== undefined && {
      kubeconfig: { type: 'files', paths: [resolve(io.cwd, kubeconfig)] },
    }),
    allowExecPlugins: allowExec === true,
    environment: { HOME: io.homeFolder, ...io.env },
  }
}

function boundsOf(options: Options, config: FleetConfig, usualMs: number): Omit<ClusterAccess, 'readers'> {
  const { timeout, clustersAtOnce } = options
  const clusterDeadlineMs = timeout === undefined ? usualMs : parseDuration(timeout)
  if (clusterDeadlineMs === undefined || clusterDeadlineMs === 0)
    throw new UsageError(`--timeout must be a duration like \`45s\` or \`2m\`, not \`${timeout ?? ''}\``)
  const management = managementAddress(options, config)
  return {
    ...(management && { management }),
    concurrency: clustersAtOnce ?? defaultConcurrency,
    clusterDeadlineMs,
  }
}

/** Whoever hands in a kubeconfig where nothing else names a cluster means the one that it leads to. */
function managementAddress(
  { context, kubeconfig }: Options,
  config: FleetConfig,
): ClusterAddress | undefined {
  if (context !== undefined) return { type: 'context', context }
  const configured = configuredManagement(config)
  const namesContexts = config.clusters.some((cluster) => cluster.context !== undefined)
  return configured ?? (kubeconfig !== undefined && !namesContexts ? { type: 'context' } : undefined)
}
