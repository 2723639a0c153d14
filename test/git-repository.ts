import { execFileSync } from 'node:child_process'
import { mkdtempSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'

export interface GitRepository {
  readonly folder: string
  /** Runs git in it. */
  git(...args: string[]): string
  /** Commits files (undefined deletes, `-> target` links) on the current branch and gives the commit. */
  commit(files: Readonly<Record<string, string>>): string
}

/** A repository with a work tree, without the machine's own configuration. */
export function createRepository(): GitRepository {
  const folder = mkdtempSync(join(tmpdir(), 'fleetwright-repository-'))
  const env = {
    PATH: process.env['PATH'],
    HOME: folder,
    GIT_CONFIG_NOSYSTEM: '1',
    GIT_AUTHOR_NAME: 'Test',
    GIT_AUTHOR_EMAIL: 'test@example.com',
    GIT_COMMITTER_NAME: 'Test',
    GIT_COMMITTER_EMAIL: 'test@example.com',
    GIT_AUTHOR_DATE: '2026-01-02T03:04:05Z',
    GIT_COMMITTER_DATE: '2026-01-02T03:04:05Z',
  }
  const git = (...args: string[]): string =>
    execFileSync('git', args, { cwd: folder, env, encoding: 'utf8', stdio: ['pipe', 'pipe', 'pipe'] }).trim()
  git('init', '--quiet', '--bare', '--initial-branch=main', '.')
  return {
    folder,
    git,
    commit(files) {
      const index = join(folder, 'test-index')
      const withIndex = { ...env, GIT_INDEX_FILE: index }
      const run = (args: string[], input?: string): string =>
        execFileSync('git', args, {
          cwd: folder,
          env: withIndex,
          encoding: 'utf8',
          ...(input === undefined ? {} : { input }),
        }).trim()
      const branch = git('symbolic-ref', '--short', 'HEAD')
      const parents = git('for-each-ref', '--format=%(objectname)', `refs/heads/${branch}`)
      for (const [path, text] of Object.entries(files)) {
        const link = /^-> (.*)$/.exec(text)?.[1]
        const id = run(['hash-object', '-w', '--stdin'], link ?? text)
        run([
          'update-index',
          '--add',
          '--cacheinfo',
          `${link === undefined ? '100644' : '120000'},${id},${path}`,
        ])
      }
      const tree = run(['write-tree'])
      const commit = run(['commit-tree', tree, '-m', 'test', ...(parents === '' ? [] : ['-p', parents])])
      git('update-ref', `refs/heads/${branch}`, commit)
      return commit
    },
  }
}
