import type { BranchState } from '../../branch/types.ts'
import { runGitOrThrow } from './git-process.ts'
import type { GitRepository } from './git-repository.ts'
import { fetchMissing, isPartialClone } from './partial-clone.ts'

/** The state of a branch at a commit: folders by tree id, files only where fleetwright's own lie. */
export async function readState(
  repository: GitRepository,
  branch: string,
  commit: string | undefined,
): Promise<BranchState> {
  const operation = `list branch ${branch}`
  const format = await objectFormat(repository, commit)
  if (commit === undefined) return { branch, format, folders: new Map(), files: new Map() }
  const { folder } = repository
  const list = (...args: readonly string[]): Promise<Buffer> =>
    runGitOrThrow({ folder, args: ['ls-tree', '-r', '-z', '--full-tree', ...args] }, operation)
  const [folders, files] = await Promise.all([
    list('-d', commit),
    list(commit, '--', '.fleetwright', 'delivery'),
  ])
  return { branch, format, commit, folders: parseList(folders), files: parseList(files) }
}

/** Texts of files; paths that the state lacks are absent. */
export async function readTexts(
  repository: GitRepository,
  state: BranchState,
  paths: readonly string[],
): Promise<ReadonlyMap<string, string>> {
  if (state.commit === undefined || paths.length === 0) return new Map()
  const { commit } = state
  const known = paths.flatMap((path) => state.files.get(path) ?? [])
  if (await isPartialClone(repository)) await fetchMissing(repository, commit, [...new Set(known)])
  const names = paths.map((path) => state.files.get(path) ?? `${commit}:${path}`)
  const objects = await repository.objects.read(names, `read branch ${state.branch}`)
  return new Map(
    paths.flatMap((path, index): [string, string][] => {
      const object = objects[index]
      return object?.type === 'blob' ? [[path, object.bytes.toString()]] : []
    }),
  )
}

/** Ids say it by their length. */
async function objectFormat(
  { config }: GitRepository,
  commit: string | undefined,
): Promise<BranchState['format']> {
  if (commit !== undefined) return commit.length === 40 ? 'sha1' : 'sha256'
  return (await config()).get('extensions.objectformat') === 'sha256' ? 'sha256' : 'sha1'
}

/** `<mode> <type> <id><tab><path>`, ended by zero bytes. */
function parseList(output: Buffer): Map<string, string> {
  const entries = new Map<string, string>()
  for (const line of output.toString().split('\0')) {
    if (line === '') continue
    const tab = line.indexOf('\t')
    entries.set(line.slice(tab + 1), line.slice(line.lastIndexOf(' ', tab) + 1, tab))
  }
  return entries
}
