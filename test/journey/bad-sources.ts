import { readFile } from 'node:fs/promises'
import { gzipSync } from 'node:zlib'
import type { CacheFiles } from '../../src/adapters/charts/disk-cache.ts'
import { sha256Of, tarGzOf } from '../sources/archives.ts'
import type { Answer, Row } from './bad-row.ts'
import { chartProfile } from './small-fleet.ts'

const profile = 'fleet/ill.yaml'
const url = 'http://remote.example'

const first = await renderable('1.0.0')
const second = await renderable('1.1.0')

function renderable(version: string): Promise<Buffer> {
  const template = `apiVersion: v1\nkind: ConfigMap\nmetadata: { name: b }\ndata: { version: "${version}" }\n`
  return tarGzOf([
    { name: 'app/Chart.yaml', content: `apiVersion: v2\nname: app\nversion: ${version}\n` },
    { name: 'app/templates/b.yaml', content: template },
  ])
}

/** An HTTP repository that has version 1.0.0, and these bytes as 1.1.0. */
function repository(archive: Uint8Array, digest = sha256Of(archive)): Answer {
  const entry = (version: string, of: string): string =>
    `  - { name: app, version: ${version}, urls: [app-${version}.tgz], digest: ${of.slice('sha256:'.length)} }\n`
  return (request, response) => {
    if (request.url === '/index.yaml')
      response.end(
        `apiVersion: v1\nentries:\n  app:\n${entry('1.1.0', digest)}${entry('1.0.0', sha256Of(first))}`,
      )
    else response.end(request.url === '/app-1.1.0.tgz' ? archive : first)
  }
}

function status(code: number, headers: Record<string, string> = {}): Answer {
  return (_, response) => {
    response.writeHead(code, headers).end('<html>')
  }
}

const good = { [profile]: chartProfile('ill', 'ill', { url, version: '1.0.0' }) }
const bad = { [profile]: chartProfile('ill', 'ill', { url, version: '1.1.0' }) }
const at = 'fleet/ill.yaml:7:5'

/** The profile moves to a version that the remote gives in this way. */
function bump(what: string, code: string, answer: Answer): Row {
  return {
    what,
    good,
    bad,
    remote: { good: repository(second), bad: answer },
    says: [`render/source-unavailable ${at}`, `${code} ${at}`],
    then: 'ill stays',
  }
}

const climbing = await tarGzOf([
  { name: 'app/Chart.yaml', content: 'apiVersion: v2\nname: app\nversion: 1.1.0\n' },
  { name: 'app/../../escaped', content: 'x' },
])
const linking = await tarGzOf([
  { name: 'app/Chart.yaml', content: 'apiVersion: v2\nname: app\nversion: 1.1.0\n' },
  { name: 'app/templates/a.yaml', type: 'symlink', linkname: '/etc/passwd' },
])

/** A disk that has what it has and takes nothing more. */
const fullDisk: CacheFiles = {
  readFile: (path) => readFile(path),
  writeFile: () =>
    Promise.reject(Object.assign(new Error('ENOSPC: no space left on device'), { code: 'ENOSPC' })),
  rename: () => Promise.resolve(),
  makeFolder: () => Promise.resolve(),
  remove: () => Promise.resolve(),
}

/** Faults of what is fetched, over real HTTP. */
export const badSources: readonly Row[] = [
  {
    what: 'a newer version of a chart is no fault',
    good,
    bad,
    remote: { good: repository(second), bad: repository(second) },
    then: 'all goes on',
    shows: 'version: 1.1.0',
  },
  bump('a registry that stalls', 'sources/unavailable', () => undefined),
  bump('a registry that answers 401', 'sources/access-denied', status(401)),
  bump('a registry that answers 403', 'sources/access-denied', status(403)),
  bump('a registry that answers 404', 'sources/not-found', status(404)),
  bump('a registry that answers 429', 'sources/unavailable', status(429, { 'retry-after': '3600' })),
  bump('a registry that answers 500', 'sources/unavailable', status(500)),
  bump('a registry that answers with a login page', 'sources/malformed-content', status(200)),
  bump('bytes with a wrong digest', 'sources/wrong-digest', repository(second, `sha256:${'f'.repeat(64)}`)),
  bump('a chart that is a zip bomb', 'sources/unsafe-archive', repository(gzipSync(Buffer.alloc(64 << 20)))),
  bump('a chart with ../ in its archive', 'sources/unsafe-archive', repository(climbing)),
  bump('a chart with a link out of its archive', 'sources/unsafe-archive', repository(linking)),
  bump('a chart that is no archive', 'sources/malformed-content', repository(Buffer.from('hello'))),
  {
    ...bump('a version that nobody published', 'sources/no-such-version', repository(second)),
    bad: { [profile]: chartProfile('ill', 'ill', { url, version: '9.9.9' }) },
  },
  {
    ...bump('a range without a pin', 'sources/unpinned', repository(second)),
    bad: { [profile]: chartProfile('ill', 'ill', { url, version: '^1' }) },
  },
  {
    ...bump('a chart that is not cached, offline', 'sources/not-cached', repository(second)),
    options: { fetch: { offline: true } },
  },
  {
    what: 'a version whose bytes are not the ones that were pinned',
    good,
    bad: {},
    remote: { good: repository(second), bad: (_, response) => response.end(second) },
    forgets: true,
    says: [`render/source-unavailable ${at}`, `sources/digest-changed ${at}`],
    then: 'ill stays',
  },
  {
    what: 'a full disk below the cache is no fault: the download serves this run',
    good,
    bad,
    remote: { good: repository(second), bad: repository(second) },
    cacheFiles: fullDisk,
    warns: [`sources/not-kept ${at}`],
    then: 'all goes on',
    shows: 'version: 1.1.0',
  },
]
