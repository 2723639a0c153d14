import { canonicalJson, parseExactJson } from '../kubernetes/exact-json.ts'
import { compareText } from '../kubernetes/text-order.ts'
import {
  clusterOfPath,
  factsPath,
  isFactsPath,
  managementPath,
  observedPath,
  schemaPath,
  schemasFolder,
} from './facts-paths.ts'
import { factsText } from './facts-text.ts'
import { managementId } from './types.ts'

/** Something that is another one than is recorded, apart from everything else that may be. */
export interface FactReason {
  /** Id of the cluster; `management` for clusters that joined, left or were labelled otherwise, and what else is told there. */
  readonly reason: string
  /** Files that it is about; undefined for one that is no more. */
  readonly files: ReadonlyMap<string, string | undefined>
}

export interface FactReasons {
  /** As recorded, with ages as they are now. */
  readonly aged: ReadonlyMap<string, string>
  /** `management` first, then by id. */
  readonly reasons: readonly FactReason[]
  /** As recorded, but for what these are about. */
  readonly with: (reasons: readonly FactReason[]) => ReadonlyMap<string, string>
}

type Files = ReadonlyMap<string, string>

/**
 * Facts as they are recorded × as they were observed → why they differ, cluster by cluster. Ages are no reason: they are those
 * that were observed, for every cluster that is recorded. CloudEvents stay as they are recorded. Pure.
 */
export function factReasons(recorded: Files, observed: Files): FactReasons {
  const paths = [...new Set([...recorded.keys(), ...observed.keys()])].filter(
    (path) => path === managementPath || clusterOfPath(path) !== undefined,
  )
  const differing = paths.filter((path) => recorded.get(path) !== observed.get(path))
  const groups = Map.groupBy(differing, (path) => reasonOf(path, recorded, observed))
  const reasons = [...groups]
    .map(([reason, own]) => ({ reason, files: new Map(own.map((path) => [path, observed.get(path)])) }))
    .sort((a, b) => weightOf(a) - weightOf(b) || compareText(a.reason, b.reason))
  const join = (chosen: readonly FactReason[]): Files => joinFiles({ recorded, observed, reasons }, chosen)
  return { aged: join([]), reasons, with: join }
}

function weightOf({ reason }: FactReason): number {
  return reason === managementId ? 0 : 1
}

function reasonOf(path: string, recorded: Files, observed: Files): string {
  const id = clusterOfPath(path)
  const [was, is] = [recorded.get(path), observed.get(path)]
  if (id === undefined || was === undefined || is === undefined) return managementId
  // Labels of a cluster are those of its object in the management cluster.
  return labelsOf(was) === labelsOf(is) ? id : managementId
}

function labelsOf(text: string): string | undefined {
  const { labels } = parseFile(text)
  return labels === undefined ? undefined : canonicalJson(labels)
}

interface ReadFile {
  readonly labels?: unknown
  readonly schemas?: unknown
}

/** Nothing of a file that cannot be read, which whoever compiles reports. */
function parseFile(text: string): ReadFile {
  try {
    return parseExactJson(text) ?? {}
  } catch {
    return {}
  }
}

interface Sides {
  readonly recorded: Files
  readonly observed: Files
  readonly reasons: readonly FactReason[]
}

function joinFiles({ recorded, observed, reasons }: Sides, chosen: readonly FactReason[]): Files {
  const isComplete = chosen.length === reasons.length
  const files = new Map([...recorded].filter(([path]) => isFactsPath(path)))
  for (const [path, text] of chosen.flatMap((reason) => [...reason.files])) {
    if (text === undefined) files.delete(path)
    else files.set(path, text)
  }
  // What is recorded of schemas may be needed by what is recorded, until everything is as it was observed.
  if (isComplete) for (const path of files.keys()) if (path.startsWith(schemasFolder)) files.delete(path)
  for (const path of isComplete ? [...observed.keys()] : neededSchemas(chosen)) {
    const text = observed.get(path)
    if (path.startsWith(schemasFolder) && text !== undefined) files.set(path, text)
  }
  const ages = joinAges(files, recorded.get(observedPath), observed.get(observedPath))
  if (ages !== undefined) files.set(observedPath, ages)
  return new Map([...files].sort(([a], [b]) => compareText(a, b)))
}

function neededSchemas(chosen: readonly FactReason[]): readonly string[] {
  return chosen.flatMap(({ files }) =>
    [...files.values()].flatMap((text) => {
      const { schemas } = text === undefined ? {} : parseFile(text)
      return Object.values(schemas ?? {}).map((digest) => schemaPath(String(digest)))
    }),
  )
}

/** Rows as observed; of a cluster that is not recorded yet there is none, one that is still recorded keeps its own. */
function joinAges(
  files: Files,
  recorded: string | undefined,
  observed: string | undefined,
): string | undefined {
  const [before, now] = [recorded, observed].map(rowsOf) as [Rows, Rows]
  if (observed === undefined) return recorded
  const isRecorded = (id: string): boolean => files.has(factsPath(id))
  const ids = [...new Set([...before.keys(), ...now.keys()])]
  const rows = ids.flatMap((id): [string, string][] => {
    const row = now.get(id)
    if (row === undefined) return isRecorded(id) ? [[id, before.get(id) ?? '{}']] : []
    // That one was never heard of is known without a file.
    const isTold = isRecorded(id) || !isObserved(row)
    return isTold ? [[id, row]] : []
  })
  return factsText(Object.fromEntries(rows))
}

function isObserved(row: string): boolean {
  return (parseFile(row) as { readonly observedAt?: unknown }).observedAt !== undefined
}

type Rows = ReadonlyMap<string, string>

function rowsOf(text: string | undefined): Rows {
  return new Map(
    Object.entries(text === undefined ? {} : parseFile(text)).map(([id, row]) => [id, canonicalJson(row)]),
  )
}
