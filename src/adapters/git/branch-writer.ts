import { statfs } from 'node:fs/promises'
import { EnvironmentError } from '../../diagnostics/errors.ts'
import type { BranchWriter } from '../../branch/branch-writer-port.ts'
import type { BranchUpdate } from '../../branch/types.ts'
import { branchPlace } from './branch-place.ts'
import { readState, readTexts } from './branch-state.ts'
import { fastImport, formatDate } from './fast-import.ts'
import { lastLine, runGit } from './git-process.ts'
import { toGitRepository, type GitRepository } from './git-repository.ts'

export interface GitBranchWriterOptions {
  /** The repository that objects are written to, or its folder; bare or not. */
  readonly repository: GitRepository | string
  /** Name or URL of the remote that holds the branch; absent for a branch of the repository itself. */
  readonly remote?: string
}

/**
 * Writes the rendered branch by Git plumbing: no work tree, no index, HEAD untouched. Objects come first, then one ref is
 * moved if it is still where the update was planned, here or by a push with an exact lease.
 * Commits are signed when Git's own configuration says so (`commit.gpgSign`, `gpg.format`, `user.signingKey`).
 */
export function createGitBranchWriter(options: GitBranchWriterOptions): BranchWriter {
  const { remote } = options
  const repository = toGitRepository(options.repository)
  const place = branchPlace(repository, remote)
  return {
    read: async (branch) => readState(repository, branch, await place.find(branch)),
    readFiles: (state, paths) => readTexts(repository, state, paths),
    async write(update) {
      const commit = await makeCommit(repository, update)
      const isMoved = await place.move(update.branch, { base: update.base, commit })
      return isMoved ? { status: 'written', commit } : { status: 'moved' }
    },
  }
}

async function makeCommit({ folder, config }: GitRepository, update: BranchUpdate): Promise<string> {
  const operation = `write a commit for ${update.branch}`
  const missing = await missingBlobs(folder, [...update.texts.keys()])
  const { exitCode, stdout, stderr } = await fastImport(folder, update, missing)
  const commit = stdout.toString().trim()
  if (exitCode !== 0 || commit === '') throw await writeFailed(folder, operation, stderr)
  return (await config()).isTrue('commit.gpgsign') ? signCommit(folder, commit, update) : commit
}

/**
 * Texts that an earlier commit of any branch has are not written again. In a partial clone git does not tell when one of
 * them is a file that was left at the remote; then all are written, and those that are here are not kept twice.
 */
async function missingBlobs(repository: string, ids: readonly string[]): Promise<ReadonlySet<string>> {
  if (ids.length === 0) return new Set()
  const { exitCode, stdout } = await runGit({
    folder: repository,
    args: ['cat-file', '--batch-check', '--buffer'],
    input: `${ids.join('\n')}\n`,
    env: { GIT_NO_LAZY_FETCH: '1' },
  })
  if (exitCode !== 0) return new Set(ids)
  const lines = stdout.toString().split('\n')
  return new Set(ids.filter((_, position) => lines[position]?.endsWith(' missing') === true))
}

/** fast-import cannot sign, so the same commit is made once more, over the same tree. */
async function signCommit(repository: string, commit: string, update: BranchUpdate): Promise<string> {
  const { author, committer, date, base, message } = update
  const args = [
    'commit-tree',
    '-S',
    ...(base === undefined ? [] : ['-p', base]),
    '-F',
    '-',
    `${commit}^{tree}`,
  ]
  const env = {
    GIT_AUTHOR_NAME: author.name,
    GIT_AUTHOR_EMAIL: author.email,
    GIT_AUTHOR_DATE: formatDate(date),
    GIT_COMMITTER_NAME: committer.name,
    GIT_COMMITTER_EMAIL: committer.email,
    GIT_COMMITTER_DATE: formatDate(date),
  }
  const { exitCode, stdout, stderr } = await runGit({ folder: repository, args, input: message, env })
  if (exitCode === 0) return stdout.toString().trim()
  throw new EnvironmentError({
    adapter: 'git',
    operation: `sign the commit for ${update.branch}`,
    message: `the commit could not be signed: ${lastLine(stderr)}`,
    retryable: false,
    hint: 'see that user.signingKey and gpg.format name a key that can be used without a prompt, or unset commit.gpgSign',
  })
}

/** Below this much room, whatever git says, the disk is the reason. */
const leastBytes = 1 << 20

async function writeFailed(repository: string, operation: string, stderr: string): Promise<EnvironmentError> {
  const space = await statfs(repository).catch(() => undefined)
  const isFull = space !== undefined && space.bavail * space.bsize < leastBytes
  return new EnvironmentError({
    adapter: 'git',
    operation,
    message: isFull
      ? `the disk of ${repository} is full; the branch is as it was`
      : `git could not write to ${repository}: ${lastLine(stderr)}; the branch is as it was`,
    retryable: false,
    hint: isFull
      ? 'make room, then run again'
      : 'see that the repository may be written; `git fsck` says what is broken',
  })
}
