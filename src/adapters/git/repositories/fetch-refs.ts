import { EnvironmentError } from '../../../diagnostics/errors.ts'
import { unreachableRemote } from '../branch-place.ts'
import type { ParentGit } from './parent-git.ts'

/** What of the remote is wanted, with the ref that it gets here. */
export interface WantedRef {
  /** Name of a ref or id of a commit, at the remote. */
  readonly name: string
  readonly ref: string
}

const commitId = /^(?:[0-9a-f]{40}|[0-9a-f]{64})$/

export function isCommitId(name: string): boolean {
  return commitId.test(name)
}

/** One process where everything is there. Gives what of it is not there; throws EnvironmentError. */
export async function fetchRefs(
  git: ParentGit,
  wanted: readonly WantedRef[],
  url: string,
): Promise<ReadonlySet<string>> {
  if (wanted.length === 0 || (await tryFetch(git, wanted))) return new Set()
  // Git does all or nothing, and does not say by its code what was not there.
  const listed = await listRefs(git, url)
  const names = wanted.filter(({ name }) => !isCommitId(name))
  const present = names.filter(({ name }) => listed.has(name))
  const missing = new Set(names.filter(({ name }) => !listed.has(name)).map(({ name }) => name))
  if (present.length > 0 && !(await tryFetch(git, present))) throw notGiven(url, present)
  for (const one of wanted.filter(({ name }) => isCommitId(name))) {
    if (await tryFetch(git, [one])) continue
    // The remote answers, and does not give it, twice: then it has not got it.
    await listRefs(git, url)
    if (!(await tryFetch(git, [one]))) missing.add(one.name)
  }
  return missing
}

async function tryFetch(git: ParentGit, wanted: readonly WantedRef[]): Promise<boolean> {
  const args = [
    ...['fetch', '--quiet', '--no-tags', '--no-write-fetch-head', '--no-auto-maintenance'],
    ...['--recurse-submodules=no', '--filter=blob:none', '--stdin', 'origin'],
  ]
  const lines = wanted.map(({ name, ref }) => `+${name}:${ref}\n`)
  return (await git.remote(args, lines.join(''))).exitCode === 0
}

async function listRefs(git: ParentGit, url: string): Promise<ReadonlySet<string>> {
  const result = await git.remote(['ls-remote', '--quiet', 'origin'])
  if (result.exitCode !== 0) throw unreachableRemote(url, `list the branches of ${url}`, result.stderr)
  return new Set(
    result.stdout
      .toString()
      .split('\n')
      .map((line) => line.slice(line.indexOf('\t') + 1)),
  )
}

function notGiven(url: string, wanted: readonly WantedRef[]): EnvironmentError {
  return new EnvironmentError({
    adapter: 'git',
    operation: `fetch from ${url}`,
    message: `${url} lists ${wanted.map(({ name }) => name).join(', ')} and does not give it`,
    retryable: true,
    hint: 'see that there is room on the disk; a branch that moved meanwhile is there the next time',
  })
}
