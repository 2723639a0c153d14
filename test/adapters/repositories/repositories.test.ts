import { describe, expect, test } from 'vitest'
import { createRepositories } from '../../../src/adapters/git/repositories/repositories.ts'
import type { Repositories } from '../../../src/review/repositories-port.ts'
import { childGit, serveRepository, temporaryFolder } from './served-repository.ts'

const id = { installation: 12, owner: 'acme', name: 'fleet' }
const gigabyte = 2 ** 30

function create(
  folder = temporaryFolder(),
  options: { maxBytes?: number; maxPacks?: number } = {},
): Promise<Repositories> {
  return createRepositories({
    ...{ folder, maxBytes: gigabyte, now: () => Date.now(), environment: process.env },
    ...options,
  })
}

describe('a working repository', () => {
  test('has the branches and commits that were asked for, and not those that there are not', async () => {
    const served = await serveRepository()
    const first = served.commit({ 'a.yaml': 'a' })
    const second = served.commit({ 'b.yaml': 'b' })
    const working = await (await create()).open(id, served.remote)
    const nowhere = '1'.repeat(40)
    const found = await working.fetch(['refs/heads/main', 'refs/heads/none', first, nowhere])
    expect(Object.fromEntries(found)).toEqual({ 'refs/heads/main': second, [first]: first })
    expect(await childGit(working, 'rev-parse', 'refs/heads/main')).toBe(second)
    await working.close()
  })

  test('reads files through the gate, and keeps them for the next', async () => {
    const served = await serveRepository()
    const commit = served.commit({ 'a.yaml': 'text of a', 'b.yaml': 'text of b' })
    const repositories = await create()
    const working = await repositories.open(id, served.remote)
    await working.fetch(['refs/heads/main'])
    expect(await childGit(working, 'show', `${commit}:a.yaml`)).toBe('text of a')
    expect(await working.fileId(commit, 'b.yaml')).toBe(served.git('rev-parse', `${commit}:b.yaml`))
    expect(await working.fileId(commit, 'c.yaml')).toBeUndefined()
    await working.close()
    const count = served.requests.length
    const next = await repositories.open(id, served.remote)
    await next.fetch([commit])
    expect(await childGit(next, 'show', `${commit}:a.yaml`)).toBe('text of a')
    expect(served.requests).toHaveLength(count)
    await next.close()
  })

  test('pushes what a child wrote, with a lease', async () => {
    const served = await serveRepository()
    const base = served.commit({ 'a.yaml': 'a', 'dir/b.yaml': 'b' })
    const working = await (await create()).open(id, served.remote)
    await working.fetch(['refs/heads/main'])
    const commit = await working.git([
      '-c',
      'user.name=A',
      '-c',
      'user.email=a@example.com',
      'commit-tree',
      '-p',
      base,
      '-m',
      'x',
      `${base}^{tree}`,
    ])
    const made = commit.stdout.trim()
    expect(await working.push({ branch: 'rendered', commit: made, expected: undefined })).toBe('pushed')
    expect(served.git('rev-parse', 'refs/heads/rendered')).toBe(made)
    expect(await working.push({ branch: 'rendered', commit: made, expected: base })).toBe('pushed')
    expect(await working.push({ branch: 'rendered', commit: base, expected: undefined })).toBe('moved')
    await working.close()
  })
})
