import type { BranchState } from '../../branch/types.ts'
import { runGitOrThrow } from './git-process.ts'
import { fetchMissing, isPartialClone } from './partial-clone.ts'

/** The state of a branch at a commit: folders by tree id, files only where fleetwright's own lie. */
export async function readState(
  repository: string,
  branch: string,
  commit: string | undefined,
): Promise<BranchState> {
  const operation = `list branch ${branch}`
  const format = await objectFormat(repository)
  if (commit === undefined) return { branch, format, folders: new Map(), files: new Map() }
  const list = (...args: readonly string[]): Promise<Buffer> =>
    runGitOrThrow({ folder: repository, args: ['ls-tree', '-r', '-z', '--full-tree', ...args] }, operation)
  const [folders, files] = await Promise.all([
    list('-d', commit),
    list(commit, '--', '.fleetwright', 'delivery'),
  ])
  return { branch, format, commit, folders: parseList(folders), files: parseList(files) }
}

/** Texts of files through one `git cat-file --batch`. */
export async function readTexts(
  repository: string,
  state: BranchState,
  paths: readonly string[],
): Promise<ReadonlyMap<string, string>> {
  if (state.commit === undefined || paths.length === 0) return new Map()
  const { commit } = state
  const known = paths.flatMap((path) => state.files.get(path) ?? [])
  if (await isPartialClone(repository)) await fetchMissing(repository, commit, [...new Set(known)])
  const names = paths.map((path) => state.files.get(path) ?? `${commit}:${path}`)
  const call = {
    folder: repository,
    args: ['cat-file', '--batch', '--buffer'],
    input: `${names.join('\n')}\n`,
  }
  const output = await runGitOrThrow(call, `read branch ${state.branch}`)
  const texts = new Map<string, string>()
  let at = 0
  for (const path of paths) {
    const lineEnd = output.indexOf('\n', at)
    const header = output.subarray(at, lineEnd).toString()
    at = lineEnd + 1
    // `<name> missing`, where the name may hold blanks; else `<id> <type> <size>`.
    const [, type, size] = /^[0-9a-f]+ (\w+) (\d+)$/.exec(header) ?? []
    if (size === undefined) continue
    if (type === 'blob') texts.set(path, output.subarray(at, at + Number(size)).toString())
    at += Number(size) + 1
  }
  return texts
}

async function objectFormat(repository: string): Promise<BranchState['format']> {
  const args = ['rev-parse', '--show-object-format']
  const text = (await runGitOrThrow({ folder: repository, args }, `read repository ${repository}`))
    .toString()
    .trim()
  return text === 'sha256' ? 'sha256' : 'sha1'
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
