import { EnvironmentError } from '../../diagnostics/errors.ts'
import { lastLine, runGit, runGitOrThrow, type GitResult } from './git-process.ts'
import type { GitRepository } from './git-repository.ts'

/** Where a branch lives. */
export interface BranchPlace {
  /** Commit of the branch as it is now, its objects at hand; undefined when it does not exist. */
  find(branch: string): Promise<string | undefined>
  /** Moves the branch from `base` to `commit` if it is still at `base`; false when it is elsewhere. */
  move(branch: string, move: { readonly base: string | undefined; readonly commit: string }): Promise<boolean>
}

/** A branch of the repository itself, or of a remote of it. */
export function branchPlace(repository: GitRepository, remote: string | undefined): BranchPlace {
  return remote === undefined ? localPlace(repository) : createRemotePlace(repository.folder, remote)
}

/** A branch of the repository itself. */
function localPlace({ folder, objects }: GitRepository): BranchPlace {
  const find = async (branch: string): Promise<string | undefined> => {
    const [found] = await objects.read([`refs/heads/${branch}^{commit}`], `find branch ${branch}`)
    return found?.id
  }
  return {
    find,
    async move(branch, { base, commit }) {
      await refuseCheckedOut(folder, branch)
      // An empty old value says that the ref must not exist.
      const args = [
        'update-ref',
        '--no-deref',
        '-m',
        'fleetwright compile',
        `refs/heads/${branch}`,
        commit,
        base ?? '',
      ]
      const { exitCode, stderr } = await runGit({ folder, args })
      if (exitCode === 0) return true
      if ((await find(branch)) !== base) return false
      throw new EnvironmentError({
        adapter: 'git',
        operation: `move branch ${branch}`,
        message: `branch ${branch} could not be moved: ${lastLine(stderr)}`,
        retryable: true,
        hint: 'see that the repository may be written and that no other git process holds the branch',
      })
    },
  }
}

/** A work tree on the branch would show the whole update as undone by hand. */
async function refuseCheckedOut(repository: string, branch: string): Promise<void> {
  const list = await runGitOrThrow(
    { folder: repository, args: ['worktree', 'list', '--porcelain'] },
    'list work trees',
  )
  const worktree = list
    .toString()
    .split('\n\n')
    .find((entry) => entry.split('\n').includes(`branch refs/heads/${branch}`) && !/^bare$/m.test(entry))
  if (worktree === undefined) return
  throw new EnvironmentError({
    adapter: 'git',
    operation: `move branch ${branch}`,
    message: `branch ${branch} is checked out in ${/^worktree (.*)$/m.exec(worktree)?.[1] ?? repository}`,
    retryable: false,
    hint: 'check out another branch there, or write the rendered branch with --push',
  })
}

/** Loaded when a remote is asked: most runs write a branch of the repository itself. */
async function runPorcelain(repository: string, args: readonly string[]): Promise<GitResult> {
  const { runSimpleGit } = await import('./simple-git-run.ts')
  return runSimpleGit(repository, args)
}

/** How git is run in a repository. */
export type RunGitCommand = (repository: string, args: readonly string[]) => Promise<GitResult>

/** A branch at a remote; the repository only carries objects to and fro. */
export function createRemotePlace(
  repository: string,
  remote: string,
  run: RunGitCommand = runPorcelain,
): BranchPlace {
  const shown = withoutCredentials(remote)
  const tip = async (branch: string): Promise<string | undefined> => {
    const args = ['ls-remote', '--exit-code', '--', remote, `refs/heads/${branch}`]
    const { exitCode, stdout, stderr } = await run(repository, args)
    // 2: the remote answered and has no such ref.
    if (exitCode === 2) return undefined
    if (exitCode === 0) return refId(stdout.toString(), `refs/heads/${branch}`)
    throw unreachableRemote(shown, `ask ${shown} for branch ${branch}`, stderr)
  }
  return {
    async find(branch) {
      const commit = await tip(branch)
      if (commit !== undefined) await fetchBranch(repository, { remote, branch, commit }, run)
      return commit
    },
    async move(branch, { base, commit }) {
      const ref = `refs/heads/${branch}`
      const args = [
        ...['push', '--porcelain', '--no-verify', '--no-follow-tags', '--recurse-submodules=no'],
        // Exactly what the update was planned on, or nothing where the branch is new.
        `--force-with-lease=${ref}:${base ?? ''}`,
        ...['--', remote, `${commit}:${ref}`],
      ]
      const { exitCode, stdout, stderr } = await run(repository, args)
      if (exitCode === 0) return true
      // Whatever git says: a branch that is elsewhere was moved, one that is still there was refused.
      const found = await tip(branch)
      // The push was taken, and its answer was lost.
      if (found === commit) return true
      if (found !== base) return false
      const refused = refusal(stdout.toString())
      throw new EnvironmentError({
        adapter: 'git',
        operation: `push ${branch} to ${shown}`,
        message: `${shown} did not take the push of ${branch}: ${refused ?? withoutCredentials(lastLine(stderr))}`,
        // Where the remote did not say no, it failed, as hosts do that can be read and not written for a while.
        retryable: refused === undefined,
        hint: 'see that these credentials may push to the branch, and that its protection lets the bot pass',
      })
    },
  }
}

/** ls-remote also gives refs that end alike. */
function refId(list: string, ref: string): string | undefined {
  const line = list.split('\n').find((text) => text.endsWith(`\t${ref}`))
  return line?.split('\t')[0]
}

/** `!<tab><from>:<to><tab>[remote rejected] (reason)` of `push --porcelain`. */
function refusal(stdout: string): string | undefined {
  const line = stdout.split('\n').find((text) => text.startsWith('!'))
  return line?.split('\t')[2]?.trim()
}

interface RemoteBranch {
  readonly remote: string
  readonly branch: string
  readonly commit: string
}

/** Brings the branch's objects, as few as the clone keeps of anything; a ref of ours keeps them from `git gc`. */
async function fetchBranch(
  repository: string,
  { remote, branch, commit }: RemoteBranch,
  run: RunGitCommand,
): Promise<void> {
  const [present, shallow] = await Promise.all([
    runGit({
      folder: repository,
      args: ['cat-file', '-e', `${commit}^{tree}`],
      env: { GIT_NO_LAZY_FETCH: '1' },
    }),
    runGit({ folder: repository, args: ['rev-parse', '--is-shallow-repository'] }),
  ])
  if (present.exitCode === 0) return
  const args = [
    ...['fetch', '--no-tags', '--no-write-fetch-head', '--recurse-submodules=no', '--quiet'],
    ...(shallow.stdout.toString().trim() === 'true' ? ['--depth=1'] : []),
    ...['--', remote, `+refs/heads/${branch}:refs/fleetwright/heads/${branch}`],
  ]
  const { exitCode, stderr } = await run(repository, args)
  if (exitCode !== 0) throw unreachableRemote(withoutCredentials(remote), `fetch ${branch}`, stderr)
}

export function unreachableRemote(remote: string, operation: string, stderr: string): EnvironmentError {
  return new EnvironmentError({
    adapter: 'git',
    operation,
    message: `${remote} cannot be reached or does not let these credentials in: ${withoutCredentials(lastLine(stderr))}`,
    retryable: true,
    hint: 'see that the network is there, that the name of the remote is right, and that the credentials may read it',
  })
}

/** URLs in a text may carry a user and a password. */
export function withoutCredentials(text: string): string {
  return text.replace(/(\w+:\/\/)[^/@\s]*@/g, '$1')
}
