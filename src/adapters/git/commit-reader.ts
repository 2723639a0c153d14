import { Buffer } from 'node:buffer'
import { assert, EnvironmentError } from '../../diagnostics/errors.ts'
import type { RepositoryEntry, RepositoryReader } from '../../source/repository-reader-port.ts'
import type { Revision } from '../../source/types.ts'
import { lastLine, runGit, runGitOrThrow } from './git-process.ts'
import { fetchMissing, isPartialClone } from './partial-clone.ts'

/**
 * Reads a commit without checking it out: bare, shallow and blobless clones serve as well as any.
 * Throws EnvironmentError when the folder is no Git repository or does not know the revision.
 * @example await createCommitReader('.', 'main')
 */
export async function createCommitReader(
  repository: string,
  revisionName: string,
): Promise<RepositoryReader> {
  const commit = await findCommit(repository, revisionName)
  const revision = await readRevision(repository, commit)
  const isPartial = await isPartialClone(repository)
  let entries: Promise<readonly RepositoryEntry[]> | undefined
  const list = () => (entries ??= listTree(repository, commit, isPartial))
  return {
    revision,
    list,
    async read(paths) {
      const idOfPath = new Map((await list()).map(({ path, id }) => [path, id]))
      const wanted = paths.map((path) => {
        const id = idOfPath.get(path)
        assert(id, `${path} was asked for but never listed`)
        return { path, id }
      })
      const ids = [...new Set(wanted.map(({ id }) => id))]
      if (isPartial) await fetchMissing(repository, commit, ids)
      const contents = await readBlobs(repository, ids)
      return new Map(wanted.map(({ path, id }) => [path, contents.get(id) ?? new Uint8Array()]))
    },
  }
}

async function findCommit(repository: string, revisionName: string): Promise<string> {
  const operation = `find ${revisionName} in ${repository}`
  const inside = await runGit({ folder: repository, args: ['rev-parse', '--git-dir'] })
  if (inside.exitCode !== 0) {
    throw new EnvironmentError({
      adapter: 'git',
      operation,
      message: `${repository} cannot be read as a Git repository: ${lastLine(inside.stderr)}`,
      retryable: false,
      hint: 'name the repository with --repo, or read the folder as it is with --worktree',
    })
  }
  // `--end-of-options`, since a name may begin with a dash.
  const args = ['rev-parse', '--verify', '--quiet', '--end-of-options', `${revisionName}^{commit}`]
  const found = await runGit({ folder: repository, args })
  if (found.exitCode === 0) return found.stdout.toString().trim()
  throw new EnvironmentError({
    adapter: 'git',
    operation,
    message: `${repository} has no commit \`${revisionName}\``,
    retryable: false,
    hint: `in a shallow clone, fetch it first: git fetch --depth=1 origin ${revisionName}`,
  })
}

export async function readRevision(repository: string, commit: string): Promise<Revision> {
  const format = '%H%x00%ct%x00%an%x00%ae'
  const args = ['show', '--no-patch', '--no-show-signature', `--format=${format}`, commit]
  const text = (await runGitOrThrow({ folder: repository, args }, `read commit ${commit}`)).toString().trim()
  const [id = commit, seconds = '0', name = '', email = ''] = text.split('\0')
  const committedAt = new Date(Number(seconds) * 1000).toISOString().replace('.000Z', 'Z')
  return { commit: id, committedAt, author: { name, email } }
}

/** Sizes are left out in a partial clone: git would fetch every blob, one by one, to tell them. */
export async function listTree(
  repository: string,
  commit: string,
  isPartial: boolean,
): Promise<readonly RepositoryEntry[]> {
  const args = ['ls-tree', '-r', '-z', '--full-tree', ...(isPartial ? [] : ['-l']), commit]
  const text = (await runGitOrThrow({ folder: repository, args }, `list commit ${commit}`)).toString()
  return text
    .split('\0')
    .filter((line) => line !== '')
    .map(toEntry)
    .sort((a, b) => (a.path < b.path ? -1 : 1))
}

/** `<mode> <type> <id>[ <size>]<tab><path>`. */
function toEntry(line: string): RepositoryEntry {
  const tab = line.indexOf('\t')
  const path = line.slice(tab + 1)
  const [mode, type, id = '', size] = line.slice(0, tab).split(/ +/)
  if (type === 'commit') return { path, type: 'submodule', id: '' }
  const sizeBytes = size === undefined ? {} : { sizeBytes: Number(size) }
  return { path, type: mode === '120000' ? 'symlink' : 'file', ...sizeBytes, id }
}

/** All contents through one `git cat-file --batch`: `<id> <type> <size>\n<bytes>\n` each, in the order asked. */
async function readBlobs(
  repository: string,
  ids: readonly string[],
): Promise<ReadonlyMap<string, Uint8Array>> {
  const contents = new Map<string, Uint8Array>()
  if (ids.length === 0) return contents
  const input = `${ids.join('\n')}\n`
  const call = { folder: repository, args: ['cat-file', '--batch', '--buffer'], input }
  const output = await runGitOrThrow(call, `read ${ids.length} files`)
  let at = 0
  for (const id of ids) {
    const lineEnd = output.indexOf('\n', at)
    const [, type, size] = output.subarray(at, lineEnd).toString().split(' ')
    if (type !== 'blob') throw missingBlob(repository, id)
    const start = lineEnd + 1
    // A copy: the buffer of the whole batch must not live as long as one file of it.
    contents.set(id, new Uint8Array(Buffer.from(output.subarray(start, start + Number(size)))))
    at = start + Number(size) + 1
  }
  return contents
}

function missingBlob(repository: string, id: string): EnvironmentError {
  return new EnvironmentError({
    adapter: 'git',
    operation: `read file ${id}`,
    message: `${repository} lacks the file with the id ${id}, which the commit needs`,
    retryable: true,
    hint: 'in a partial clone see that its remote can be reached; else `git fsck` says what is broken',
  })
}
