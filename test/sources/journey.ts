import {
  createMemoryCache,
  createMemoryCredentials,
  createMemoryRemote,
} from '../../src/adapters/memory/memory-sources.ts'
import type { PublishedSource } from '../../src/adapters/memory/memory-sources.ts'
import { createMemoryReader, type MemoryFile } from '../../src/adapters/memory/memory-reader.ts'
import type { Diagnostic } from '../../src/diagnostics/types.ts'
import type { Engine, KustomizationNeeds } from '../../src/engine/types.ts'
import type { SourceReference } from '../../src/resolve/types.ts'
import type { SourceCache } from '../../src/sources/source-cache-port.ts'
import type { SourceRemote } from '../../src/sources/source-remote-port.ts'
import { fetchSources, updateLock, type FetchOptions, type SourcePorts } from '../../src/sources/sources.ts'
import type { Pin, WantedKustomization } from '../../src/sources/types.ts'

export interface World {
  readonly files?: Record<string, MemoryFile>
  readonly published?: Record<string, readonly PublishedSource[]>
  readonly secrets?: Record<string, Record<string, string>>
  /** What the kustomization of a tree says; asked again with what it was given. */
  readonly needs?: (has: ReadonlySet<string>) => Partial<KustomizationNeeds>
  readonly remote?: SourceRemote
  /** The real engine in place of `needs`. */
  readonly engine?: Pick<Engine, 'kustomizationNeeds'>
  readonly cache?: SourceCache
}

/** The stage over memory adapters, with what it was asked for counted. */
export function createJourney(world: World) {
  const calls: string[] = []
  const inner = world.remote ?? createMemoryRemote(new Map(Object.entries(world.published ?? {})))
  const remote: SourceRemote = {
    list: (reference, access) => {
      calls.push(`list ${reference.key}`)
      return inner.list(reference, access)
    },
    download: (reference, offer, options) => {
      calls.push(`download ${reference.key}`)
      return inner.download(reference, offer, options)
    },
    close: () => inner.close(),
  }
  const ports: SourcePorts = {
    repository: createMemoryReader(world.files ?? {}, { commit: 'c'.repeat(40) }),
    remote,
    cache: world.cache ?? createMemoryCache(),
    credentials: createMemoryCredentials(new Map(Object.entries(world.secrets ?? {}))),
    kustomizations: world.engine ?? {
      kustomizationNeeds: ({ remotes }) =>
        Promise.resolve({
          ok: true,
          value: { remotes: [], charts: [], ...world.needs?.(new Set(remotes?.keys() ?? [])) },
        }),
    },
  }
  const sink = () => {
    const diagnostics: Diagnostic[] = []
    return {
      report: (each: Diagnostic) => diagnostics.push(each),
      faults: () => diagnostics.map(({ code, message }) => `${code} ${message}`).sort(),
      hints: () => diagnostics.map(({ hint }) => hint ?? ''),
    }
  }
  return {
    ports,
    calls,
    async fetch(
      references: readonly SourceReference[],
      options: FetchOptions = {},
      kustomizations: readonly WantedKustomization[] = [],
    ) {
      const { report, ...seen } = sink()
      const fetched = await fetchSources({ references, kustomizations }, ports, options, report)
      return { ...fetched, ...seen }
    },
    async update(
      references: readonly SourceReference[],
      names?: readonly string[],
      options: FetchOptions = {},
      kustomizations: readonly WantedKustomization[] = [],
    ) {
      const { report, ...seen } = sink()
      const updated = await updateLock({ references, kustomizations }, names, { ports, options }, report)
      return { ...updated, ...seen }
    },
  }
}

export function lockOf(pins: Record<string, Pin>): FetchOptions {
  return { lock: { entries: new Map(Object.entries(pins)) } }
}
