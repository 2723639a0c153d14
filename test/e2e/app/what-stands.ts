import { execFileSync, spawnSync } from 'node:child_process'
import { mkdtempSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { cliFile } from '../../bundled.ts'
import type { CheckRunState, RepositoryState } from '../../github/state.ts'

/** The check that GitHub shows on a commit: the newest of its name. */
export function shownCheck(
  { checkRuns }: Pick<RepositoryState, 'checkRuns'>,
  commit: string,
  name: string,
): CheckRunState | undefined {
  return checkRuns.filter((run) => run.headSha === commit && run.name === name).at(-1)
}

/** Comments of the app below a pull request. */
export function appComments({ comments }: Pick<RepositoryState, 'comments'>, number: number): string[] {
  return comments
    .filter(({ issue, author }) => issue === number && author.login === 'fleetwright[bot]')
    .map(({ body }) => body)
}

/** What clusters get of a commit of the rendered branch: Git's ids of its parts. */
export function readDelivered(
  { git }: Pick<RepositoryState, 'git'>,
  commit = 'refs/heads/rendered',
): readonly string[] {
  return git().git('ls-tree', commit, 'clusters', 'local', 'delivery').split('\n')
}

/** The same by the command line alone, in a clone of its own: what the app should have written. */
export function compileByHand(
  { git }: Pick<RepositoryState, 'git'>,
  source: string,
  cli = cliFile(),
): readonly string[] {
  const folder = mkdtempSync(join(tmpdir(), 'fleetwright-by-hand-'))
  const run = (file: string, ...args: readonly string[]): string =>
    execFileSync(file, args, { cwd: folder, encoding: 'utf8', stdio: ['ignore', 'pipe', 'pipe'] }).trim()
  try {
    run('git', 'clone', '--quiet', '--no-tags', '--single-branch', '--branch=main', git().folder, '.')
    // What has faults is written as far as it goes.
    const { status, stderr } = spawnSync(process.execPath, [cli, 'compile', '--commit', source], {
      cwd: folder,
      encoding: 'utf8',
    })
    if (status !== 0 && status !== 1) throw new Error(`compile ended with ${String(status)}: ${stderr}`)
    return run('git', 'ls-tree', 'refs/heads/rendered', 'clusters', 'local', 'delivery').split('\n')
  } finally {
    rmSync(folder, { recursive: true, force: true, maxRetries: 3 })
  }
}
