import { createHash } from 'node:crypto'
import { gitBlobId, gitFolders } from '../../git/git-objects.ts'
import type { BranchWriter, WriteOutcome } from '../../branch/branch-writer-port.ts'
import type { BranchState, BranchUpdate } from '../../branch/types.ts'

/** A branch that lives in memory: for tests, dry runs and what-if. Ids are those that Git would give. */
export interface MemoryBranch extends BranchWriter {
  /** Files of a branch as they are now, by path; empty when it does not exist. */
  filesOf(branch: string): ReadonlyMap<string, string>
  /** Commits of a branch, newest first. */
  history(branch: string): readonly MemoryCommit[]
  /** What somebody else does to a branch: sets these files, removes the ones that are undefined. */
  change(branch: string, files: Readonly<Record<string, string | undefined>>): void
}

export interface MemoryCommit {
  readonly id: string
  readonly parent?: string
  readonly message: string
  readonly files: ReadonlyMap<string, string>
}

export function createMemoryBranch(): MemoryBranch {
  const commits = new Map<string, MemoryCommit>()
  const heads = new Map<string, string>()
  const head = (branch: string): MemoryCommit | undefined => commits.get(heads.get(branch) ?? '')
  const commit = (
    branch: string,
    details: Omit<MemoryCommit, 'id' | 'parent'> & { seal: string },
  ): string => {
    const { seal, ...content } = details
    const parent = heads.get(branch)
    const id = createHash('sha1')
      .update(JSON.stringify([parent, seal, [...content.files]]))
      .digest('hex')
    commits.set(id, { id, ...(parent !== undefined && { parent }), ...content })
    heads.set(branch, id)
    return id
  }
  return {
    read: (branch) => Promise.resolve(stateOf(branch, head(branch))),
    readFiles(state, paths) {
      const files = commits.get(state.commit ?? '')?.files
      return Promise.resolve(new Map(paths.flatMap((path) => pair(path, files?.get(path)))))
    },
    write(update) {
      if (heads.get(update.branch) !== update.base) return Promise.resolve<WriteOutcome>({ status: 'moved' })
      const files = applyUpdate(head(update.branch)?.files ?? new Map(), update)
      const seal = JSON.stringify([update.message, update.author, update.committer, update.date])
      return Promise.resolve({
        status: 'written',
        commit: commit(update.branch, { message: update.message, files, seal }),
      })
    },
    filesOf: (branch) => head(branch)?.files ?? new Map(),
    history(branch) {
      const list: MemoryCommit[] = []
      for (let at = head(branch); at; at = commits.get(at.parent ?? '')) list.push(at)
      return list
    },
    change(branch, changes) {
      const files = new Map(head(branch)?.files)
      for (const [path, text] of Object.entries(changes)) {
        if (text === undefined) files.delete(path)
        else files.set(path, text)
      }
      commit(branch, { message: 'by hand', files: sorted(files), seal: 'by hand' })
    },
  }
}

function stateOf(branch: string, commit: MemoryCommit | undefined): BranchState {
  const ids = new Map([...(commit?.files ?? [])].map(([path, text]) => [path, gitBlobId(text)]))
  const listed = [...ids].filter(([path]) => path.startsWith('.fleetwright/') || path.startsWith('delivery/'))
  return {
    branch,
    format: 'sha1',
    ...(commit && { commit: commit.id }),
    folders: commit ? gitFolders(ids) : new Map(),
    files: new Map(listed),
  }
}

function applyUpdate(before: ReadonlyMap<string, string>, update: BranchUpdate): Map<string, string> {
  const removed = new Set(update.removals)
  const isRemoved = (path: string): boolean =>
    path.split('/').some((_, depth, segments) => removed.has(segments.slice(0, depth + 1).join('/')))
  const files = new Map([...before].filter(([path]) => !isRemoved(path)))
  for (const [path, id] of update.writes) files.set(path, update.texts.get(id) ?? '')
  return sorted(files)
}

function sorted(files: ReadonlyMap<string, string>): Map<string, string> {
  return new Map([...files].sort(([a], [b]) => (a < b ? -1 : 1)))
}

function pair(path: string, text: string | undefined): [string, string][] {
  return text === undefined ? [] : [[path, text]]
}
