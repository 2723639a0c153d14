import { afterEach, beforeEach, expect, test } from 'vitest'
import { openGitRepository } from '../../../src/adapters/git/git-repository.ts'
import { readRemoteUrls } from '../../../src/adapters/git/repository-place.ts'
import { createPlayground, git, type Playground } from '../../contracts/git-repositories.ts'

let playground: Playground
beforeEach(async () => {
  playground = await createPlayground()
})
afterEach(() => playground.remove())

test('a setting is the last of its values, and true as git has it', async () => {
  const repository = await playground.repository('r')
  for (const value of ['yes', 'On', 'TRUE', '1', '-2', 'false', 'no', '', '0', 'maybe'])
    await git(repository, 'config', `test.v${value.replace('-', 'm')}`, value)
  await git(repository, 'config', '--add', 'test.twice', 'true')
  await git(repository, 'config', '--add', 'test.twice', 'false')
  const config = await openGitRepository(repository).config()
  const isTrue = ['vyes', 'von', 'vtrue', 'v1', 'vm2'].map((name) => config.isTrue(`test.${name}`))
  expect(isTrue).toEqual(Array(5).fill(true))
  const isFalse = ['vfalse', 'vno', 'v', 'v0', 'vmaybe', 'twice', 'absent'].map((name) =>
    config.isTrue(`test.${name}`),
  )
  expect(isFalse).toEqual(Array(7).fill(false))
  expect(config.get('test.twice')).toBe('false')
  expect(config.get('test.absent')).toBeUndefined()
})

test('the URLs of all remotes are told, those of no remote are none', async () => {
  const repository = await playground.repository('r')
  expect(await readRemoteUrls(repository)).toEqual([])
  await git(repository, 'remote', 'add', 'b.c', 'https://example.com/b')
  await git(repository, 'remote', 'add', 'a', 'https://example.com/a b')
  await git(repository, 'config', '--add', 'remote.a.url', 'https://example.com/b')
  await git(repository, 'config', 'remote.a.pushurl', 'https://example.com/push')
  expect(await readRemoteUrls(repository)).toEqual(['https://example.com/a b', 'https://example.com/b'])
})
