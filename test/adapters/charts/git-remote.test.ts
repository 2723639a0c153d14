import { readdirSync } from 'node:fs'
import { describe, expect, test } from 'vitest'
import { mkdtempSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { parseAdvertisement } from '../../../src/adapters/charts/git-advertisement.ts'
import type { SourceReference } from '../../../src/resolve/types.ts'
import { textsOf } from '../../sources/archives.ts'
import { createJourney } from '../../sources/journey.ts'
import { createRepository } from '../../git-repository.ts'
import { serveGit } from './git-server.ts'
import { basic, createTestRemote, serve } from './loopback.ts'

function gitAt(url: string, ref: Record<string, string>, more: object = {}): SourceReference {
  return { key: `git:${JSON.stringify(ref)}`, type: 'git', url, ref, ...more }
}

function history() {
  const repository = createRepository()
  const first = repository.commit({
    'deploy/a.yaml': 'one',
    'docs/logo.png': 'x',
    'deploy/link.yaml': '-> a.yaml',
  })
  repository.git('tag', 'v1.0.0', first)
  const second = repository.commit({ 'deploy/a.yaml': 'two', 'deploy/ä b.yaml': 'umlaut' })
  repository.git(
    '-c',
    'user.name=T',
    '-c',
    'user.email=t@example.com',
    'tag',
    '-a',
    '-m',
    'annotated',
    'v1.1.0',
    second,
  )
  const third = repository.commit({ 'deploy/a.yaml': 'three' })
  repository.git('tag', 'v2.0.0-rc.1', third)
  return { repository, first, second, third }
}

describe('a Git repository over HTTP', () => {
  test('is read at tags, ranges, branches, names and commits', async () => {
    const { repository, first, second, third } = history()
    const server = await serveGit(repository)
    const references = [
      gitAt(server.url, { tag: 'v1.0.0' }),
      gitAt(server.url, { tag: 'v1.1.0' }),
      gitAt(server.url, { semver: '1.x' }),
      gitAt(server.url, { semver: '>=2.0.0-0' }),
      gitAt(server.url, { branch: 'main' }),
      gitAt(server.url, { name: 'HEAD' }),
      gitAt(server.url, { name: 'refs/tags/v1.0.0' }),
      gitAt(server.url, { commit: first }),
    ]
    const journey = createJourney({ remote: createTestRemote().remote })
    const { lock, faults } = await journey.update(references)
    expect(faults()).toEqual([])
    expect(references.map(({ key }) => lock.get(key)?.revision)).toEqual([
      first,
      second,
      second,
      third,
      third,
      third,
      first,
      first,
    ])
    const { sources } = await journey.fetch(references, { lock: { entries: lock } })
    expect(references.map(({ key }) => textsOf(sources.get(key)?.tree.files)['deploy/a.yaml'])).toEqual([
      'one',
      'two',
      'two',
      'three',
      'three',
      'three',
      'one',
      'one',
    ])
    const two = sources.get(references[1]?.key ?? '')
    expect([two?.revision, [...(two?.tree.files.keys() ?? [])]]).toEqual([
      second,
      ['deploy/a.yaml', 'deploy/ä b.yaml'],
    ])
  })

  test('is fetched at its pinned commit after the branch has moved on, also where the server gives no single commits', async () => {
    for (const old of [false, true]) {
      const { repository, third } = history()
      const server = await serveGit(repository, { old })
      const reference = gitAt(server.url, { branch: 'main' })
      const { lock } = await createJourney({ remote: createTestRemote().remote }).update([reference])
      repository.commit({ 'deploy/a.yaml': 'four' })
      const { sources, faults } = await createJourney({ remote: createTestRemote().remote }).fetch(
        [reference],
        { lock: { entries: lock } },
      )
      expect(faults()).toEqual([])
      expect(sources.get(reference.key)?.revision).toBe(third)
      expect(textsOf(sources.get(reference.key)?.tree.files)['deploy/a.yaml']).toBe('three')
    }
  })

  test('whose branch was rewritten no longer has what was pinned', async () => {
    const { repository, first } = history()
    const server = await serveGit(repository)
    const reference = gitAt(server.url, { branch: 'main' })
    const { lock } = await createJourney({ remote: createTestRemote().remote }).update([reference])
    for (const tag of ['v1.1.0', 'v2.0.0-rc.1']) repository.git('tag', '-d', tag)
    repository.git('update-ref', 'refs/heads/main', first)
    repository.git('reflog', 'expire', '--expire=now', '--all')
    repository.git('gc', '--quiet', '--prune=now')
    const { faults } = await createJourney({ remote: createTestRemote().remote }).fetch([reference], {
      lock: { entries: lock },
    })
    expect(faults()).toEqual([expect.stringMatching(/^sources\/digest-changed .* is not there any more$/)])
  })

  test('wants its credentials, which reach its host only and show nowhere', async () => {
    const { repository } = history()
    const server = await serveGit(repository, { authorization: basic('bob', 'hunter2') })
    const reference = gitAt(
      server.url,
      { tag: 'v1.0.0' },
      { credentials: { namespace: 'ns', name: 'creds' } },
    )
    const run = async (password: string) => {
      const journey = createJourney({
        remote: createTestRemote().remote,
        secrets: { 'ns/creds': { username: 'bob', password } },
      })
      const { faults, hints } = await journey.fetch([reference])
      expect([...faults(), ...hints()].join()).not.toMatch(/hunter/)
      return faults()
    }
    expect(await run('hunter2')).toEqual([])
    expect(await run('hunter3')).toEqual([expect.stringMatching(/^sources\/access-denied .* \(401\)$/)])
  })

  test('names the nearest branch or tag when there is none', async () => {
    const server = await serveGit(history().repository)
    const { faults, hints } = await createJourney({ remote: createTestRemote().remote }).fetch([
      gitAt(server.url, { tag: 'v1.0.00' }),
    ])
    expect(faults()).toEqual([
      expect.stringMatching(/^sources\/not-found .* the repository has no tag `v1\.0\.00`$/),
    ])
    expect(hints()[0]).toContain('did you mean `v1.0.0`')
  })

  test('that is a web page is named as such', async () => {
    const server = await serve((_, response) => response.end('<html>sign in</html>'))
    const { faults } = await createJourney({ remote: createTestRemote().remote }).fetch([
      gitAt(`${server.url}/team/app`, { tag: 'v1' }),
    ])
    expect(faults()).toEqual([
      expect.stringMatching(
        /^sources\/malformed-content .* answers, but has no Git repository at \/team\/app$/,
      ),
    ])
  })

  test('comes without files beyond the bound of one file, whether the server can leave them out or not', async () => {
    for (const filter of ['true', 'false']) {
      const { repository } = history()
      repository.git('config', 'uploadpack.allowFilter', filter)
      repository.commit({ 'disk.img': 'x'.repeat((64 << 20) + 1) })
      repository.git('tag', 'v3')
      const server = await serveGit(repository)
      const reference = gitAt(server.url, { tag: 'v3' })
      const { sources, faults } = await createJourney({ remote: createTestRemote().remote }).fetch([
        reference,
      ])
      expect(faults()).toEqual([
        expect.stringMatching(/^sources\/file-left-out .* `disk\.img` has more than 64 MiB and is left out$/),
      ])
      expect([...(sources.get(reference.key)?.tree.files.keys() ?? [])]).toEqual([
        'deploy/a.yaml',
        'deploy/ä b.yaml',
      ])
    }
    // A file of more than 64 MiB is packed and sent.
  }, 120_000)

  test('leaves no clone behind', async () => {
    const temporaryFolder = join(mkdtempSync(join(tmpdir(), 'fleetwright-test-')), 'clones')
    const server = await serveGit(history().repository)
    const { faults } = await createJourney({ remote: createTestRemote({ temporaryFolder }).remote }).fetch([
      gitAt(server.url, { tag: 'v1.0.0' }),
      gitAt(server.url, { tag: 'none' }),
    ])
    expect(faults()).toHaveLength(1)
    expect(readdirSync(temporaryFolder)).toEqual([])
  })
})

test('a remote base of a kustomization keeps its links', async () => {
  const server = await serveGit(history().repository)
  const text = `${server.url}//deploy?ref=v1.0.0`
  const journey = createJourney({
    remote: createTestRemote().remote,
    files: { 'kustomization.yaml': '' },
    needs: () => ({
      remotes: [
        {
          text,
          file: 'kustomization.yaml',
          singleFile: false,
          repository: { url: server.url, ref: 'v1.0.0', path: 'deploy', submodules: true },
        },
      ],
    }),
  })
  const { sources, faults } = await journey.fetch([{ key: 'own', type: 'repository', path: '' }], {}, [
    { key: 'own', path: '', components: [] },
  ])
  expect(faults()).toEqual([])
  expect(textsOf(sources.get('own')?.remotes.get(text)?.files)).toEqual({
    'deploy/a.yaml': 'one',
    'deploy/link.yaml': 'one',
  })
})

test.each([
  'file:///etc',
  '/srv/repository',
  'git://git.example.com/x',
  'ext::sh -c id',
  '-oProxyCommand=id@host:x',
])('the address %s is not fetched', async (url) => {
  const { faults } = await createJourney({ remote: createTestRemote().remote }).fetch([
    gitAt(url, { tag: 'v1' }),
  ])
  expect(faults()).toEqual([expect.stringContaining('sources/unsupported')])
})

test('an advertisement of an empty repository has no refs, and other bytes are none', () => {
  const line = (text: string): string => (text.length + 4).toString(16).padStart(4, '0') + text
  const empty = `${line('# service=git-upload-pack\n')}0000${line(`${'0'.repeat(40)} capabilities^{}\0agent=git\n`)}0000`
  expect(parseAdvertisement(Buffer.from(empty))).toEqual([])
  expect(parseAdvertisement(Buffer.from('<html>'))).toBeUndefined()
  expect(parseAdvertisement(Buffer.from('00ff# service'))).toBeUndefined()
})
