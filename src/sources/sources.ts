import type { Report } from '../diagnostics/types.ts'
import type { Plan } from '../resolve/types.ts'
import { createLimit } from './concurrency-limit.ts'
import { fetchKustomization, type KustomizationRemotes, type RemoteFetcher } from './fetch-kustomization.ts'
import { fetchReference, fetchRemoteBase, type FetchedTree } from './fetch-reference.ts'
import type { Fetching, FetchOptions, SourcePorts } from './fetching.ts'
import { emptyLock } from './lock.ts'
import { createCompiledCommit } from './read-folder.ts'
import { SourceFault } from './source-fault.ts'
import type { Fetched, FetchedSource, LockMove, Pin, WantedKustomization, WantedSources } from './types.ts'

export type { FetchOptions, SourcePorts } from './fetching.ts'
export { emptyLock, formatLock, lockPath, parseLock } from './lock.ts'
export { foreignUses, hostOfPin, hostOfReference, vouchedBy, type Vouched } from './vouched.ts'

/** Downloads side by side: enough to hide latency, few enough for a registry's patience. */
const defaultConcurrency = 6

/** What a plan needs: its references, and where its kustomizations lie in them. */
export function wantedSources(plan: Pick<Plan, 'references' | 'clusters'>): WantedSources {
  const kustomizations = new Map<string, WantedKustomization>()
  for (const { units } of plan.clusters) {
    for (const unit of units) {
      if (unit.kind !== 'kustomize') continue
      const { key, origin } = unit.source
      const wanted = { key, path: unit.path, components: unit.components }
      const id = JSON.stringify(wanted)
      if (!kustomizations.has(id))
        kustomizations.set(id, { ...wanted, ...(origin === undefined ? {} : { origin }) })
    }
  }
  return {
    references: plan.references,
    kustomizations: [...kustomizations].sort(([a], [b]) => (a < b ? -1 : 1)).map(([, wanted]) => wanted),
  }
}

/**
 * References of a plan → their files, at the revisions that the lock file or the last build pins.
 * Promises: the same commit, lock and pins give the same trees, whatever the order of references and downloads; nothing
 * is used whose digest is not the pinned one; no name that moves is looked up.
 * Reports what could not be had, once a key; such a source is absent from the result. Throws EnvironmentError when the
 * repository or the cache fails.
 * @example await fetchSources(wantedSources(plan), ports, { lock, pins: build.pins }, report)
 */
export async function fetchSources(
  wanted: WantedSources,
  ports: SourcePorts,
  options: FetchOptions,
  report: Report,
): Promise<Fetched> {
  const limit = createLimit(options.concurrency ?? defaultConcurrency)
  return run(wanted, { ports, options, lock: options.lock ?? emptyLock, report, limit })
}

/** What `fleetwright update` writes. */
export interface LockUpdate {
  readonly lock: ReadonlyMap<string, Pin>
  /** Sorted by key. */
  readonly moves: readonly LockMove[]
}

/**
 * Resolves references anew: those whose key or name is in `names`, or all of them; the others keep their pins.
 * What could not be resolved was reported and keeps its pin; pins that nothing refers to go, unless names were given.
 * An exact version that was published anew takes its new content only when it is named.
 */
export async function updateLock(
  wanted: WantedSources,
  names: readonly string[] | undefined,
  { ports, options }: { ports: SourcePorts; options: FetchOptions },
  report: Report,
): Promise<LockUpdate> {
  const before = options.lock ?? emptyLock
  const limit = createLimit(options.concurrency ?? defaultConcurrency)
  const isNamedHere = (key: string): boolean => (names ?? []).some((name) => isNamed(key, name))
  const isMoved = (key: string): boolean => names === undefined || names.length === 0 || isNamedHere(key)
  const failed: string[] = []
  const { pins } = await run(
    wanted,
    { ports, options, lock: before, report, limit, update: { isMoved, isNamed: isNamedHere } },
    (key) => failed.push(key),
  )
  const lock = new Map<string, Pin>(pins)
  const keepsUnused = failed.length > 0 || (names !== undefined && names.length > 0)
  for (const [key, { version, revision, digest, url }] of before.entries) {
    if (lock.has(key) || !keepsUnused) continue
    lock.set(key, {
      version,
      digest,
      ...(revision === undefined ? {} : { revision }),
      ...(url === undefined ? {} : { url }),
    })
  }
  return { lock, moves: movesBetween(before.entries, lock) }
}

/** A key by itself, or any word of it or its last path segment: `podinfo` finds `helm:https://charts.example.com#podinfo@^6`. */
function isNamed(key: string, name: string): boolean {
  if (key === name) return true
  return key.split(/[\s@#]+/).some(
    (word) =>
      word === name ||
      word
        .replace(/[?#].*$/, '')
        .replace(/\.git$|\/+$/g, '')
        .split('/')
        .pop() === name,
  )
}

function movesBetween(before: ReadonlyMap<string, Pin>, after: ReadonlyMap<string, Pin>): LockMove[] {
  const keys = [...new Set([...before.keys(), ...after.keys()])].sort()
  return keys.flatMap((key) => {
    const from = before.get(key)
    const to = after.get(key)
    const same =
      from?.digest === to?.digest && from?.version === to?.version && from?.revision === to?.revision
    if (same) return []
    return [{ key, ...(from === undefined ? {} : { from }), ...(to === undefined ? {} : { to }) }]
  })
}

async function run(
  wanted: WantedSources,
  fetching: Fetching,
  onFailed: (key: string) => void = () => undefined,
): Promise<Fetched> {
  const commit = createCompiledCommit(fetching.ports.repository)
  const pins = new Map<string, Pin>()
  const begun = new Map<string, Promise<FetchedTree | undefined>>()
  /** Equal keys are one fetch and one report. */
  const once = (key: string, fetch: () => Promise<FetchedTree>): Promise<FetchedTree | undefined> => {
    const known = begun.get(key)
    if (known !== undefined) return known
    const result = orReport(fetch, fetching.report).then((fetched) => {
      if (fetched === undefined) onFailed(key)
      else if (fetched.pin !== undefined) pins.set(key, withoutPosition(fetched.pin))
      return fetched
    })
    begun.set(key, result)
    return result
  }
  const references = [...wanted.references].sort((a, b) => (a.key < b.key ? -1 : 1))
  const trees = new Map<string, FetchedTree>()
  await Promise.all(
    references.map(async (reference) => {
      const fetched = await once(reference.key, () => fetchReference(reference, commit, fetching))
      if (fetched !== undefined) trees.set(reference.key, fetched)
    }),
  )
  const fetcher: RemoteFetcher = {
    base: (reference, path) => once(reference.key, () => fetchRemoteBase(reference, path, fetching)),
    chart: (reference) => once(reference.key, () => fetchReference(reference, commit, fetching)),
  }
  const remotes = new Map<string, KustomizationRemotes>()
  for (const { key, path, components, origin } of wanted.kustomizations) {
    const tree = trees.get(key)?.tree
    if (tree === undefined) continue
    const into = remotes.get(key) ?? { remotes: new Map(), charts: new Map() }
    remotes.set(key, into)
    const subject = { key, ...(origin === undefined ? {} : { origin }) }
    const reader = fetching.ports.kustomizations
    await orReport(
      () => fetchKustomization({ tree, path, components }, subject, into, { reader, fetcher }),
      fetching.report,
    )
  }
  return { sources: toSources(trees, remotes), pins: new Map([...pins].sort(([a], [b]) => (a < b ? -1 : 1))) }
}

async function orReport<T>(work: () => Promise<T>, report: Report): Promise<T | undefined> {
  try {
    return await work()
  } catch (error) {
    if (!(error instanceof SourceFault)) throw error
    report(error.diagnostic)
    return undefined
  }
}

function toSources(
  trees: ReadonlyMap<string, FetchedTree>,
  remotes: ReadonlyMap<string, KustomizationRemotes>,
): ReadonlyMap<string, FetchedSource> {
  const keys = [...trees.keys()].sort()
  return new Map(
    keys.flatMap((key) => {
      const fetched = trees.get(key)
      if (fetched === undefined) return []
      const { remotes: bases, charts } = remotes.get(key) ?? { remotes: new Map(), charts: new Map() }
      return [[key, { key, revision: fetched.revision, tree: fetched.tree, remotes: bases, charts }] as const]
    }),
  )
}

/** A pin out of the lock file carries its place there, which is nobody's business further on. */
function withoutPosition({ version, revision, digest, url }: Pin): Pin {
  return {
    version,
    digest,
    ...(revision === undefined ? {} : { revision }),
    ...(url === undefined ? {} : { url }),
  }
}
