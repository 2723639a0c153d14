import { execFile, spawn, type ChildProcess } from 'node:child_process'
import { createServer } from 'node:net'
import { mkdtempSync, readdirSync, readFileSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { promisify } from 'node:util'
import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import type { SourceReference } from '../../../src/resolve/types.ts'
import { requireShared, sharedFolder } from '../../shared.ts'
import { sha256Of } from '../../sources/archives.ts'
import { createJourney } from '../../sources/journey.ts'
import { basic, createTestRemote } from './loopback.ts'
import { helmLayer } from './registry-double.ts'

/** `htpasswd -nbBC 4 bob correct-horse`, made with Python's crypt. */
const htpasswd = 'bob:$2b$04$abcdefghijklmnopqrstuuPoaPXzWjiVz4HaNq2LJXksWbO79E.S6'

describe.skipIf(sharedFolder() === undefined)('the OCI registry of the CNCF', () => {
  const started: ChildProcess[] = []
  let open = ''
  let closed = ''

  beforeAll(async () => {
    const { stdout } = await promisify(execFile)(join(requireShared(), 'infra/setup'))
    open = await startRegistry(stdout.trim())
    closed = await startRegistry(stdout.trim(), htpasswd)
  })

  afterAll(() => {
    for (const process of started) process.kill()
  })

  async function startRegistry(bin: string, users?: string): Promise<string> {
    const folder = mkdtempSync(join(tmpdir(), 'fleetwright-registry-'))
    const port = await freePort()
    const auth =
      users === undefined
        ? ''
        : `auth:\n  htpasswd:\n    realm: test\n    path: ${join(folder, 'htpasswd')}\n`
    writeFileSync(join(folder, 'htpasswd'), `${users ?? ''}\n`)
    writeFileSync(
      join(folder, 'config.yml'),
      `version: 0.1\nstorage:\n  filesystem:\n    rootdirectory: ${folder}\nhttp:\n  addr: 127.0.0.1:${port}\n${auth}log:\n  level: error\n`,
    )
    const server = spawn(join(bin, 'registry'), ['serve', join(folder, 'config.yml')], {
      stdio: ['ignore', 'ignore', 'pipe'],
      env: { PATH: process.env['PATH'], OTEL_TRACES_EXPORTER: 'none' },
    })
    started.push(server)
    await untilListening(port)
    return `127.0.0.1:${port}`
  }

  /** Pushes a chart as `helm push` does, by the plain API. */
  async function push(
    host: string,
    { name, version, archive }: { name: string; version: string; archive: Uint8Array },
    authorization?: string,
  ): Promise<void> {
    const headers: Record<string, string> = authorization === undefined ? {} : { authorization }
    const blob = async (bytes: Uint8Array): Promise<void> => {
      const begun = await fetch(`http://${host}/v2/charts/${name}/blobs/uploads/`, {
        method: 'POST',
        headers,
      })
      const location = new URL(begun.headers.get('location') ?? '', `http://${host}`)
      location.searchParams.set('digest', sha256Of(bytes))
      const done = await fetch(location, {
        method: 'PUT',
        headers: { ...headers, 'content-type': 'application/octet-stream' },
        body: Buffer.from(bytes),
      })
      expect(done.status).toBe(201)
    }
    const config = Buffer.from(JSON.stringify({ name, version }))
    await blob(config)
    await blob(archive)
    const manifest = {
      schemaVersion: 2,
      mediaType: 'application/vnd.oci.image.manifest.v1+json',
      config: {
        mediaType: 'application/vnd.cncf.helm.config.v1+json',
        digest: sha256Of(config),
        size: config.length,
      },
      layers: [{ mediaType: helmLayer, digest: sha256Of(archive), size: archive.length }],
    }
    const put = await fetch(`http://${host}/v2/charts/${name}/manifests/${version.replaceAll('+', '_')}`, {
      method: 'PUT',
      headers: { ...headers, 'content-type': manifest.mediaType },
      body: JSON.stringify(manifest),
    })
    expect(put.status).toBe(201)
  }

  function corpusCharts(): { name: string; archive: Buffer }[] {
    const folder = join(requireShared(), 'corpus/charts')
    const all = readdirSync(folder)
      .filter((each) => each.endsWith('.tgz'))
      .sort()
    // Every fortieth: a spread over publishers that takes a second.
    return all.flatMap((file, index) =>
      index % 40 === 0
        ? [{ name: file.replace(/\.tgz$/, '').toLowerCase(), archive: readFileSync(join(folder, file)) }]
        : [],
    )
  }

  function chartIn(host: string, name: string, version: string, more: object = {}): SourceReference {
    return {
      key: `oci://${host}/charts/${name}@${version}`,
      type: 'helm-oci',
      url: `oci://${host}/charts/${name}`,
      version,
      plainHTTP: true,
      ...more,
    }
  }

  test('real charts come back as they were pushed, by exact version and by range', async () => {
    const charts = corpusCharts()
    for (const { name, archive } of charts) {
      await push(open, { name, version: '1.2.3', archive })
      await push(open, { name, version: '1.2.4+build.5', archive })
    }
    const journey = createJourney({ remote: createTestRemote().remote })
    const exact = charts.map(({ name }) => chartIn(open, name, '1.2.3'))
    const ranges = charts.map(({ name }) => chartIn(open, name, '~1.2'))
    const { sources, pins, faults } = await journey.fetch(exact)
    expect(faults()).toEqual([])
    expect(charts.length).toBeGreaterThan(10)
    expect([...pins.values()].map(({ digest }) => digest).sort()).toEqual(
      charts.map(({ archive }) => sha256Of(archive)).sort(),
    )
    expect([...sources.values()].every(({ tree }) => tree.files.has('Chart.yaml'))).toBe(true)
    const { lock, faults: rangeFaults } = await journey.update(ranges)
    expect(rangeFaults()).toEqual([])
    expect(new Set([...lock.values()].map(({ version }) => version))).toEqual(new Set(['1.2.4+build.5']))
    // Pinned manifests are fetched by digest into an empty cache.
    const fresh = createJourney({ remote: createTestRemote().remote })
    expect((await fresh.fetch(ranges, { lock: { entries: lock }, locked: true })).faults()).toEqual([])
  })

  test('a chart comes with the right password, by Secret or docker configuration, and not without', async () => {
    const [chart] = corpusCharts()
    if (chart === undefined) throw new Error('the corpus has no charts')
    await push(
      closed,
      { name: 'private', version: '1.0.0', archive: chart.archive },
      basic('bob', 'correct-horse'),
    )
    const credentials = { namespace: 'ns', name: 'creds' }
    const run = async (secrets: Record<string, Record<string, string>>, more: object) => {
      const { faults } = await createJourney({ remote: createTestRemote().remote, secrets }).fetch([
        chartIn(closed, 'private', '1.0.0', more),
      ])
      return faults()
    }
    expect(
      await run({ 'ns/creds': { username: 'bob', password: 'correct-horse' } }, { credentials }),
    ).toEqual([])
    const dockerConfig = JSON.stringify({
      auths: { [closed]: { auth: Buffer.from('bob:correct-horse').toString('base64') } },
    })
    expect(await run({ 'ns/creds': { '.dockerconfigjson': dockerConfig } }, { credentials })).toEqual([])
    expect(await run({ 'ns/creds': { username: 'bob', password: 'hunter2' } }, { credentials })).toEqual([
      expect.stringContaining('sources/access-denied'),
    ])
    expect(await run({}, {})).toEqual([
      expect.stringMatching(/wants credentials, and there are none for it \(401\)$/),
    ])
  })
})

async function freePort(): Promise<number> {
  const server = createServer()
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve))
  const address = server.address()
  await new Promise((resolve) => server.close(resolve))
  return typeof address === 'object' && address !== null ? address.port : 0
}

async function untilListening(port: number): Promise<void> {
  for (;;) {
    const status = await fetch(`http://127.0.0.1:${port}/v2/`).then(
      (response) => response.status,
      () => undefined,
    )
    if (status !== undefined) return
  }
}
