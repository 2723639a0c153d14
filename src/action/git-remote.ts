import { ActionError, type ActionIo, type Environment, type ProcessResult } from './action-io.ts'
import type { ReviewedRange, Tip } from './event.ts'

/** The repository that the runner checked out, as Git sees it. */
export interface CheckedOut {
  readonly io: Pick<ActionIo, 'run'>
  readonly folder: string
  /** Without tokens: Git has those that actions/checkout wrote into its configuration. */
  readonly env: Environment
  readonly remote: string
}

/** How far back is looked, in steps, until two commits meet; then all of it. */
const depths = [50, 500, 5000] as const

/**
 * Brings the commits of a change and what lies between them, so that a shallow checkout will do. Files are left to be
 * fetched where they are read. Throws ActionError when the remote does not have them.
 */
export async function fetchRange(repository: CheckedOut, { base, head }: ReviewedRange): Promise<void> {
  const tips = [base, head]
  if (await isShallow(repository)) {
    for (const depth of depths) {
      await fetchTips(repository, tips, [`--depth=${depth}`])
      if (await haveMet(repository, base, head)) return
      if (!(await isShallow(repository))) break
    }
    if (await isShallow(repository)) await fetchTips(repository, tips, ['--unshallow'])
  } else {
    const present = await Promise.all(tips.map(({ commit }) => has(repository, commit)))
    const missing = tips.filter((_tip, index) => present[index] !== true)
    if (missing.length > 0) await fetchTips(repository, missing, [])
  }
  if (await haveMet(repository, base, head)) return
  throw new ActionError(
    `${base.commit.slice(0, 12)} and ${head.commit.slice(0, 12)} have no commit in common: there is nothing to compare`,
  )
}

/** The tip of a branch of the remote with all its history; undefined where there is none. */
export async function fetchBranch(repository: CheckedOut, branch: string): Promise<string | undefined> {
  const listed = await git(repository, [
    'ls-remote',
    '--exit-code',
    '--',
    repository.remote,
    `refs/heads/${branch}`,
  ])
  if (listed.exitCode === 2) return undefined
  if (listed.exitCode !== 0) throw unreachable(repository, listed)
  const commit = /^[0-9a-f]+/.exec(listed.stdout)?.[0] ?? ''
  const depth = (await isShallow(repository)) ? ['--unshallow'] : []
  await fetchTips(repository, [{ commit, refs: [`refs/heads/${branch}`] }], depth)
  return commit
}

/** Commits that HEAD of the work tree is made of: itself and its parents, as far as they are known. */
export async function readCheckedOut(repository: CheckedOut): Promise<readonly string[]> {
  const { stdout } = await git(repository, ['cat-file', 'commit', 'HEAD'])
  const own = await git(repository, ['rev-parse', '--verify', '--quiet', 'HEAD'])
  const parents = [
    ...stdout
      .split('\n\n', 1)
      .join('')
      .matchAll(/^parent ([0-9a-f]+)$/gm),
  ]
  return [own.stdout.trim(), ...parents.map(([, parent = '']) => parent)].filter((id) => id !== '')
}

/** By id, which leaves no room for a branch that moved meanwhile; by ref where a server gives tips only. */
async function fetchTips(
  repository: CheckedOut,
  tips: readonly Tip[],
  depth: readonly string[],
): Promise<void> {
  const byId = await fetchRefs(
    repository,
    tips.map(({ commit }) => commit),
    depth,
  )
  if (byId.exitCode === 0) return
  const byRef = await fetchRefs(
    repository,
    tips.flatMap(({ refs }) => refs),
    depth,
  )
  if (byRef.exitCode !== 0) throw unreachable(repository, byRef)
}

function fetchRefs(
  repository: CheckedOut,
  refs: readonly string[],
  depth: readonly string[],
): Promise<ProcessResult> {
  return git(repository, [
    ...['fetch', '--no-tags', '--no-write-fetch-head', '--recurse-submodules=no', '--filter=blob:none'],
    ...['--quiet', ...depth, '--', repository.remote, ...refs],
  ])
}

async function haveMet(repository: CheckedOut, base: Tip, head: Tip): Promise<boolean> {
  return (await git(repository, ['merge-base', base.commit, head.commit])).exitCode === 0
}

async function has(repository: CheckedOut, commit: string): Promise<boolean> {
  return (await git(repository, ['cat-file', '-e', `${commit}^{commit}`])).exitCode === 0
}

async function isShallow(repository: CheckedOut): Promise<boolean> {
  const { exitCode, stdout, stderr } = await git(repository, ['rev-parse', '--is-shallow-repository'])
  if (exitCode !== 0)
    throw new ActionError(
      `${repository.folder} is no Git repository; put actions/checkout before this step (${lastLine(stderr)})`,
    )
  return stdout.trim() === 'true'
}

function git({ io, folder, env }: CheckedOut, args: readonly string[]): Promise<ProcessResult> {
  return io.run({
    ...{ file: 'git', args, folder },
    env: { ...env, GIT_TERMINAL_PROMPT: '0', GIT_NO_LAZY_FETCH: '1', LC_ALL: 'C' },
  })
}

function unreachable({ remote }: CheckedOut, { stderr }: ProcessResult): ActionError {
  return new ActionError(
    `the remote ${remote} does not give what is needed: ${lastLine(stderr)}. Let actions/checkout keep its credentials (\`persist-credentials\`, its default), with the permission \`contents: read\``,
  )
}

function lastLine(text: string): string {
  const line = text.trim().split('\n').at(-1) ?? ''
  // URLs may carry credentials.
  return line.replace(/(\w+:\/\/)[^/@\s]*@/g, '$1')
}
