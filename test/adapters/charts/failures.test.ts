import type { IncomingMessage, ServerResponse } from 'node:http'
import { gzipSync } from 'node:zlib'
import { mkdtempSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { describe, expect, test } from 'vitest'
import { createDiskCache } from '../../../src/adapters/charts/disk-cache.ts'
import type { SourceReference } from '../../../src/resolve/types.ts'
import { chartArchive, sha256Of, tarGzOf } from '../../sources/archives.ts'
import { createJourney } from '../../sources/journey.ts'
import { createTestRemote, serve, serveFiles } from './loopback.ts'

const secret = 'hunter2'
const credentials = { namespace: 'ns', name: 'creds' }
const secrets = { 'ns/creds': { username: 'bob', password: secret } }

function chartAt(url: string, version = '1.0.0'): SourceReference {
  return { key: 'the chart', type: 'helm-http', url, chart: 'app', version, credentials }
}

function indexOf(bytes: Uint8Array, digest = sha256Of(bytes)): string {
  return `apiVersion: v1\nentries:\n  app:\n  - name: app\n    version: 1.0.0\n    urls: [app-1.0.0.tgz]\n    digest: ${digest.slice(7)}\n`
}

/** How a server of a row answers; `attempts` counts requests of one path. */
type Answer = (request: IncomingMessage, response: ServerResponse, attempts: number) => void
interface Row {
  readonly name: string
  readonly answer: Answer
  /** Code and text of the one diagnostic; undefined when the chart is had. */
  readonly expected: RegExp | undefined
  readonly hint?: RegExp
  /** Requests that reach the server. */
  readonly requests: number
}

const ok = await chartArchive('app', '1.0.0')
const many = await chartArchive(
  'app',
  '1.0.0',
  Array.from({ length: 2000 }, (_, index) => ({ name: `app/files/${index}`, content: 'x' })),
)
const climbing = await tarGzOf([
  { name: 'app/Chart.yaml', content: 'x' },
  { name: 'app/../../x', content: 'x' },
])
const bomb = gzipSync(Buffer.alloc(64 << 20))
const withArchive =
  (archive: Uint8Array, digest?: string): Answer =>
  (request, response) => {
    response.end(request.url === '/index.yaml' ? indexOf(archive, digest) : archive)
  }
const status =
  (code: number, headers: Record<string, string> = {}): Answer =>
  (_, response) => {
    response.writeHead(code, headers).end('a long story with Bob in it')
  }

const rows: Row[] = [
  { name: 'all is well', answer: withArchive(ok), expected: undefined, requests: 2 },
  { name: 'a chart of 2,000 files', answer: withArchive(many), expected: undefined, requests: 2 },
  {
    name: 'it stalls before it answers',
    answer: () => undefined,
    expected: /^sources\/unavailable the chart: 127\.0\.0\.1:\d+ does not answer$/,
    hint: /proxy/,
    requests: 4,
  },
  {
    name: 'it stalls in the middle',
    answer: (_, response) => response.writeHead(200, { 'content-length': '100' }).write('abc'),
    expected: /^sources\/unavailable the chart: .* stopped after 3 bytes$/,
    requests: 4,
  },
  {
    name: '401',
    answer: status(401),
    expected:
      /^sources\/access-denied the chart: .* wants credentials, or does not take those that it got \(401\)$/,
    hint: /FLEETWRIGHT_CREDENTIALS/,
    requests: 1,
  },
  {
    name: '403',
    answer: status(403),
    expected: /^sources\/access-denied the chart: .* forbids it \(403\)$/,
    hint: /read access/,
    requests: 1,
  },
  {
    name: '404',
    answer: status(404),
    expected: /^sources\/not-found the chart: .* has nothing at \/index\.yaml \(404\)$/,
    requests: 1,
  },
  {
    name: '429 without a time',
    answer: status(429),
    expected: /^sources\/unavailable the chart: .* wants fewer requests \(429\)$/,
    requests: 4,
  },
  {
    name: '429 with a long time',
    answer: status(429, { 'retry-after': '3600' }),
    expected: /asked again in 3600 seconds$/,
    requests: 1,
  },
  {
    name: '429 with a date',
    answer: status(429, { 'retry-after': 'Fri, 02 Jan 2026 03:14:05 GMT' }),
    expected: /asked again in 600 seconds$/,
    requests: 1,
  },
  {
    name: '500',
    answer: status(500),
    expected: /^sources\/unavailable the chart: .* failed \(500\)$/,
    hint: /other side/,
    requests: 4,
  },
  {
    name: '503 twice, then well',
    answer: (request, response, attempts) => {
      ;(attempts <= 2 ? status(503) : withArchive(ok))(request, response, attempts)
    },
    expected: undefined,
    requests: 6,
  },
  {
    name: '418',
    answer: status(418),
    expected: /^sources\/malformed-content the chart: .* does not take the request \(418\)$/,
    requests: 1,
  },
  {
    name: 'fewer bytes than announced',
    answer: (_, response) => {
      response.writeHead(200, { 'content-length': '100' }).write('abc', () => response.destroy())
    },
    expected: /^sources\/unavailable the chart: .* ended after \d+ of 100 bytes/,
    requests: 4,
  },
  {
    name: 'a connection that breaks',
    answer: (_, response) => {
      response.destroy()
    },
    expected: /^sources\/unavailable the chart: .* cannot be reached/,
    requests: 4,
  },
  {
    name: 'more bytes than anybody needs',
    answer: (_, response) => {
      response.writeHead(200, { 'content-length': String(1 << 30) }).write('abc')
    },
    expected: /^sources\/unsafe-archive the chart: .* sends more than 96 MiB$/,
    requests: 1,
  },
  {
    name: 'a login page in place of an index',
    answer: (_, response) => {
      response.end('<html><body>log in</body></html>')
    },
    expected: /^sources\/malformed-content the chart: .* index\.yaml that cannot be read$/,
    requests: 1,
  },
  {
    name: 'another digest than the index says',
    answer: withArchive(ok, `sha256:${'f'.repeat(64)}`),
    expected: /^sources\/wrong-digest the chart: the publisher promises sha256:f+, but the bytes are sha256:/,
    requests: 2,
  },
  {
    name: 'an archive that grows a thousandfold',
    answer: withArchive(bomb),
    expected:
      /^sources\/unsafe-archive the chart: the archive is refused: it unpacks to more than 200 times its size$/,
    requests: 2,
  },
  {
    name: 'an archive that leads out',
    answer: withArchive(climbing),
    expected:
      /^sources\/unsafe-archive the chart: the archive is refused: `app\/\.\.\/\.\.\/x` leads out of the archive$/,
    requests: 2,
  },
  {
    name: 'a redirect without end',
    answer: (_, response) => {
      response.writeHead(302, { location: '/again' }).end()
    },
    expected: /^sources\/refused-host the chart: .* redirects more than 10 times$/,
    requests: 11,
  },
  {
    name: 'a redirect to a file of this machine',
    answer: (_, response) => {
      response.writeHead(302, { location: 'file:///etc/passwd' }).end()
    },
    expected: /^sources\/refused-host the chart: .* it redirects to file$/,
    requests: 1,
  },
]

describe('a chart repository that fails', () => {
  test.each(rows)('$name', async ({ answer, expected, hint, requests }) => {
    const attempts = new Map<string, number>()
    const server = await serve((request, response) => {
      const count = (attempts.get(request.url ?? '') ?? 0) + 1
      attempts.set(request.url ?? '', count)
      answer(request, response, count)
    })
    const { remote } = createTestRemote()
    const journey = createJourney({ remote, secrets })
    const { sources, faults, hints } = await journey.fetch([chartAt(server.url)])
    if (expected === undefined) expect(faults()).toEqual([])
    else expect(faults()).toEqual([expect.stringMatching(expected)])
    expect(sources.size).toBe(expected === undefined ? 1 : 0)
    if (hint !== undefined) expect(hints()[0]).toMatch(hint)
    expect(server.requests).toHaveLength(requests)
    const said = [...faults(), ...hints()].join('\n')
    expect(said).not.toContain(secret)
    expect(said).not.toContain(Buffer.from(`bob:${secret}`).toString('base64'))
  })

  test('nobody listens', async () => {
    const { remote, sleeps } = createTestRemote()
    const { faults } = await createJourney({ remote, secrets }).fetch([chartAt('http://127.0.0.1:1')])
    expect(faults()).toEqual([
      expect.stringMatching(
        /^sources\/unavailable the chart: 127\.0\.0\.1:1 cannot be reached \(ECONNREFUSED\)$/,
      ),
    ])
    expect(sleeps).toEqual([250, 500, 1000])
  })

  test('a host that does not exist', async () => {
    const { remote } = createTestRemote()
    const { faults } = await createJourney({ remote, secrets }).fetch([
      chartAt('http://no-such-host.invalid'),
    ])
    expect(faults()).toEqual([
      expect.stringMatching(
        /^sources\/unavailable the chart: the name no-such-host\.invalid cannot be resolved/,
      ),
    ])
  })

  test('the wait that a server asks for is kept', async () => {
    let asked = 0
    const server = await serve((request, response) => {
      if (asked++ === 0) response.writeHead(429, { 'retry-after': '7' }).end()
      else withArchive(ok)(request, response, 1)
    })
    const { remote, sleeps } = createTestRemote()
    expect((await createJourney({ remote, secrets }).fetch([chartAt(server.url)])).faults()).toEqual([])
    expect(sleeps).toEqual([7000])
  })

  test('one chart that fails does not keep another from being had', async () => {
    const [bad, good] = [
      await serveFiles({}),
      await serveFiles({ '/index.yaml': indexOf(ok), '/app-1.0.0.tgz': ok }),
    ]
    const { remote } = createTestRemote()
    const { sources, faults } = await createJourney({ remote, secrets }).fetch([
      { ...chartAt(bad.url), key: 'bad' },
      { ...chartAt(good.url), key: 'good' },
    ])
    expect([...sources.keys(), faults().length]).toEqual(['good', 1])
  })
})

describe('the disk of the cache', () => {
  const full = Object.assign(new Error('no space left on device'), { code: 'ENOSPC' })

  test('a full disk costs no run its download; it is said with what to do, and no part stays behind', async () => {
    const server = await serveFiles({ '/index.yaml': indexOf(ok), '/app-1.0.0.tgz': ok })
    const { remote } = createTestRemote()
    const removed: string[] = []
    const cache = createDiskCache('/cache', {
      readFile: () => Promise.reject(Object.assign(new Error('none'), { code: 'ENOENT' })),
      writeFile: () => Promise.reject(full),
      rename: () => Promise.resolve(),
      makeFolder: () => Promise.resolve(),
      remove: (path) => {
        removed.push(path)
        return Promise.resolve()
      },
    })
    const fetched = await createJourney({ remote, secrets, cache }).fetch([chartAt(server.url)])
    expect([...fetched.sources.keys()]).toEqual(['the chart'])
    expect(fetched.faults()).toEqual([
      'sources/not-kept the chart: it was downloaded, and cannot be kept for the next run: the disk of the cache folder /cache is full',
    ])
    expect(fetched.hints()).toEqual([expect.stringContaining('XDG_CACHE_HOME')])
    expect(removed).toHaveLength(1)
  })

  test('a cache on disk serves the next run without network; a damaged entry is fetched again', async () => {
    const folder = mkdtempSync(join(tmpdir(), 'fleetwright-cache-'))
    const server = await serveFiles({ '/index.yaml': indexOf(ok), '/app-1.0.0.tgz': ok })
    const run = (offline: boolean) => {
      const { remote } = createTestRemote()
      return createJourney({ remote, secrets, cache: createDiskCache(folder) }).fetch([chartAt(server.url)], {
        offline,
      })
    }
    expect((await run(true)).faults()[0]).toContain('sources/not-cached')
    expect((await run(false)).faults()).toEqual([])
    const asked = server.requests.length
    expect((await run(true)).faults()).toEqual([])
    expect(server.requests).toHaveLength(asked)
    await createDiskCache(folder).write(sha256Of(ok), Buffer.from('damaged'))
    expect((await run(true)).faults()[0]).toContain('sources/not-cached')
    expect((await run(false)).faults()).toEqual([])
    expect((await run(true)).faults()).toEqual([])
  })

  test('two processes may write one entry at once', async () => {
    const folder = mkdtempSync(join(tmpdir(), 'fleetwright-cache-'))
    await Promise.all(Array.from({ length: 20 }, () => createDiskCache(folder).write(sha256Of(ok), ok)))
    expect(Buffer.from((await createDiskCache(folder).read(sha256Of(ok))) ?? []).equals(ok)).toBe(true)
  })

  test('a cache that may not be written says so', async () => {
    const denied = Object.assign(new Error('denied'), { code: 'EACCES' })
    const cache = createDiskCache('/cache', {
      readFile: () => Promise.reject(denied),
      writeFile: () => Promise.reject(denied),
      rename: () => Promise.resolve(),
      makeFolder: () => Promise.resolve(),
      remove: () => Promise.resolve(),
    })
    await expect(cache.read(sha256Of(ok))).rejects.toMatchObject({
      message: 'the cache folder /cache cannot be used (EACCES)',
    })
  })
})
