import { execFileSync, spawnSync } from 'node:child_process'
import { mkdirSync, mkdtempSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { describe, expect, onTestFinished, test } from 'vitest'
import { fetchRange, type CheckedOut } from '../../src/action/git-remote.ts'
import { createRepository, type GitRepository } from '../git-repository.ts'

/** A branch `topic` of one commit, and a `main` that went on for so many since. */
function arrange(commits: number) {
  const remote = createRepository()
  onTestFinished(() => rmSync(remote.folder, { recursive: true, force: true }))
  const start = remote.commit({ a: '1' })
  const tree = remote.git('rev-parse', `${start}^{tree}`)
  const add = (parent: string, message: string): string =>
    remote.git('commit-tree', tree, '-p', parent, '-m', message)
  const head = add(start, 'topic')
  let base = start
  for (let index = 0; index < commits; index += 1) base = add(base, `main ${index}`)
  remote.git('update-ref', 'refs/heads/main', base)
  remote.git('update-ref', 'refs/pull/1/head', head)
  return { remote, start, base, head }
}

/** Of depth 1, as actions/checkout leaves it. */
function checkOut(remote: GitRepository, commit: string): CheckedOut {
  const folder = mkdtempSync(join(tmpdir(), 'fleetwright-checkout-'))
  onTestFinished(() => rmSync(folder, { recursive: true, force: true }))
  const env = { PATH: process.env['PATH'] ?? '', HOME: folder, GIT_CONFIG_NOSYSTEM: '1' }
  const work = join(folder, 'work')
  mkdirSync(work)
  const git = (...args: string[]) => execFileSync('git', args, { cwd: work, env, stdio: 'pipe' })
  git('init', '--quiet')
  git('remote', 'add', 'origin', `file://${remote.folder}`)
  git('fetch', '--quiet', '--depth=1', 'origin', commit)
  git('checkout', '--quiet', '--detach', commit)
  return {
    ...{ folder: work, env, remote: 'origin' },
    io: {
      run: (call) => {
        const result = spawnSync(call.file, call.args, { cwd: call.folder, env: call.env, encoding: 'utf8' })
        return Promise.resolve({ ...result, exitCode: result.status ?? -1 })
      },
    },
  }
}

function mergeBase({ folder, env }: CheckedOut, base: string, head: string): string {
  return execFileSync('git', ['merge-base', base, head], { cwd: folder, env, encoding: 'utf8' }).trim()
}

describe('a checkout of depth 1', () => {
  test('is deepened until the commits meet, however far the base went on', async () => {
    const { remote, start, base, head } = arrange(60)
    const repository = checkOut(remote, head)
    await fetchRange(repository, {
      base: { commit: base, refs: ['refs/heads/main'] },
      head: { commit: head, refs: ['refs/pull/1/head'] },
      isFork: false,
    })
    expect(mergeBase(repository, base, head)).toBe(start)
  })

  test('of two histories that never meet is refused', async () => {
    const { remote, head } = arrange(1)
    const tree = remote.git('rev-parse', `${head}^{tree}`)
    const alone = remote.git('commit-tree', tree, '-m', 'alone')
    remote.git('update-ref', 'refs/heads/alone', alone)
    const range = {
      base: { commit: alone, refs: ['refs/heads/alone'] },
      head: { commit: head, refs: ['refs/pull/1/head'] },
      isFork: false,
    }
    await expect(fetchRange(checkOut(remote, head), range)).rejects.toThrow('have no commit in common')
  })

  test('whose remote lacks the commits says what actions/checkout has to leave', async () => {
    const { remote, head } = arrange(1)
    const gone = { commit: 'f'.repeat(40), refs: ['refs/heads/gone'] }
    const range = { base: gone, head: { commit: head, refs: ['refs/pull/1/head'] }, isFork: false }
    await expect(fetchRange(checkOut(remote, head), range)).rejects.toThrow('persist-credentials')
  })
})
