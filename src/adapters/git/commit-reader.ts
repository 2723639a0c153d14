import { assert, EnvironmentError } from '../../diagnostics/errors.ts'
import type { RepositoryEntry, RepositoryReader } from '../../source/repository-reader-port.ts'
import type { Revision } from '../../source/types.ts'
import { lastLine, runGit, runGitOrThrow } from './git-process.ts'
import { toGitRepository, type GitRepository } from './git-repository.ts'
import type { GitObject } from './object-reader.ts'
import { fetchMissing, isPartialClone } from './partial-clone.ts'

/**
 * Reads a commit without checking it out: bare, shallow and blobless clones serve as well as any.
 * Throws EnvironmentError when the folder is no Git repository or does not know the revision.
 * @example await createCommitReader('.', 'main')
 */
export async function createCommitReader(
  place: GitRepository | string,
  revisionName: string,
): Promise<RepositoryReader> {
  const repository = toGitRepository(place)
  const revision = await findRevision(repository, revisionName)
  const { commit } = revision
  const isPartial = await isPartialClone(repository)
  let entries: Promise<readonly RepositoryEntry[]> | undefined
  const list = () => (entries ??= listTree(repository.folder, commit, isPartial))
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

async function findRevision(
  { folder, objects }: GitRepository,
  name: string,
): Promise<Revision & { readonly commit: string }> {
  const operation = `find ${name} in ${folder}`
  const [found] = await objects.read([`${name}^{commit}`], operation).catch(async (error: unknown) => {
    await checkRepository(folder, operation)
    throw error
  })
  if (found) return tryParseRevision(found) ?? readRevision(folder, found.id)
  throw new EnvironmentError({
    adapter: 'git',
    operation,
    message: `${folder} has no commit \`${name}\``,
    retryable: false,
    hint: `in a shallow clone, fetch it first: git fetch --depth=1 origin ${name}`,
  })
}

async function checkRepository(folder: string, operation: string): Promise<void> {
  const inside = await runGit({ folder, args: ['rev-parse', '--git-dir'] })
  if (inside.exitCode === 0) return
  throw new EnvironmentError({
    adapter: 'git',
    operation,
    message: `${folder} cannot be read as a Git repository: ${lastLine(inside.stderr)}`,
    retryable: false,
    hint: 'name the repository with --repo, or read the folder as it is with --worktree',
  })
}

/** Undefined for what Git would show in other words than it holds: another encoding, a person written in no usual way. */
function tryParseRevision({ id, bytes }: GitObject): (Revision & { readonly commit: string }) | undefined {
  const text = bytes.toString()
  const header = text.slice(0, text.indexOf('\n\n') + 1)
  const author = /^author ([^<>\n]*)<([^<>\s]*)> \d+ [+-]\d+$/m.exec(header)
  const committer = /^committer [^<>\n]*<[^<>\n]*> (\d+) [+-]\d+$/m.exec(header)
  if (!author || !committer || /^encoding /m.test(header)) return undefined
  const [, name = '', email = ''] = author
  return { commit: id, committedAt: toTime(committer[1]), author: { name: name.trim(), email } }
}

export async function readRevision(folder: string, commit: string): Promise<Revision & { commit: string }> {
  const format = '%H%x00%ct%x00%an%x00%ae'
  const args = ['show', '--no-patch', '--no-show-signature', `--format=${format}`, commit]
  const text = (await runGitOrThrow({ folder, args }, `read commit ${commit}`)).toString().trim()
  const [id = commit, seconds, name = '', email = ''] = text.split('\0')
  return { commit: id, committedAt: toTime(seconds), author: { name, email } }
}

function toTime(seconds = '0'): string {
  return new Date(Number(seconds) * 1000).toISOString().replace('.000Z', 'Z')
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

async function readBlobs(
  { folder, objects }: GitRepository,
  ids: readonly string[],
): Promise<ReadonlyMap<string, Uint8Array>> {
  const found = await objects.read(ids, `read ${ids.length} files`)
  return new Map(
    ids.map((id, index) => {
      const object = found[index]
      if (object?.type !== 'blob') throw missingBlob(folder, id)
      return [id, new Uint8Array(object.bytes)]
    }),
  )
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
