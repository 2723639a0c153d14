import { toSizeBytes } from './file-tree.ts'
import type { Request } from './protocol.ts'
import type { FileTree } from './types.ts'

/** Charts and trees that a job needs in its instance. */
export interface Needs {
  readonly charts: readonly FileTree[]
  readonly trees: readonly FileTree[]
}

/** Loads or unloads; `chart` is the digest of the chart that it loads, whose words are the answer. */
export interface FileRequest extends Request {
  readonly chart?: string
}

/** What one instance holds; what was not used for longest goes first. */
export interface HeldFiles {
  /** Whether one of these is held already. */
  holdsSome(needs: Needs): boolean
  /** The requests that make the instance hold these, and drop others when they would be too much. */
  prepare(needs: Needs): FileRequest[]
  /** A load did not succeed. */
  drop(needs: Needs): void
}

type Kind = 'chart' | 'tree'
interface Held {
  readonly kind: Kind
  readonly digest: string
  readonly sizeBytes: number
}

export function createHeldFiles(limitBytes: number): HeldFiles {
  const held = new Map<string, Held>()
  let sizeBytes = 0

  const remove = (key: string): void => {
    sizeBytes -= held.get(key)?.sizeBytes ?? 0
    held.delete(key)
  }
  const makeRoom = (keep: ReadonlySet<string>): FileRequest[] => {
    const gone: Held[] = []
    for (const [key, entry] of held) {
      if (sizeBytes <= limitBytes) break
      if (keep.has(key)) continue
      remove(key)
      gone.push(entry)
    }
    return [...unloadRequest('unloadCharts', 'chart', gone), ...unloadRequest('unloadTrees', 'tree', gone)]
  }

  return {
    holdsSome: ({ charts, trees }) =>
      charts.some(({ digest }) => held.has(toKey('chart', digest))) ||
      trees.some(({ digest }) => held.has(toKey('tree', digest))),
    prepare(needs) {
      const wanted = listNeeds(needs)
      const loads = wanted.filter(({ key }) => !held.has(key))
      for (const { key, kind, tree } of wanted) {
        const entry = held.get(key) ?? { kind, digest: tree.digest, sizeBytes: toSizeBytes(tree) }
        if (!held.has(key)) sizeBytes += entry.sizeBytes
        held.delete(key)
        held.set(key, entry)
      }
      const unloads = makeRoom(new Set(wanted.map(({ key }) => key)))
      return [...unloads, ...loads.map(({ kind, tree }) => loadRequest(kind, tree))]
    },
    drop(needs) {
      for (const { key } of listNeeds(needs)) remove(key)
    },
  }
}

function toKey(kind: Kind, digest: string): string {
  return `${kind} ${digest}`
}

function listNeeds({ charts, trees }: Needs): { key: string; kind: Kind; tree: FileTree }[] {
  const list = (kind: Kind, all: readonly FileTree[]) =>
    all.map((tree) => ({ key: toKey(kind, tree.digest), kind, tree }))
  // One digest may be named twice, say as two remote bases; in order of digests, so that a fresh instance is filled alike.
  const byKey = new Map([...list('chart', charts), ...list('tree', trees)].map((need) => [need.key, need]))
  return [...byKey.values()].sort((a, b) => (a.key < b.key ? -1 : 1))
}

function loadRequest(kind: Kind, { digest, files }: FileTree): FileRequest {
  const paths = [...files.keys()].sort()
  return {
    operation: kind === 'chart' ? 'loadChart' : 'loadTree',
    payload: { digest, files: paths.map((path, content) => ({ path, content })) },
    blobs: paths.map((path) => files.get(path) ?? ''),
    ...(kind === 'chart' && { chart: digest }),
  }
}

function unloadRequest(operation: string, kind: Kind, gone: readonly Held[]): FileRequest[] {
  const digests = gone.filter((entry) => entry.kind === kind).map(({ digest }) => digest)
  return digests.length === 0 ? [] : [{ operation, payload: { digests }, blobs: [] }]
}
