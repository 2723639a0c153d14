import { createServer } from 'node:http'
import type { AddressInfo } from 'node:net'
import { describe, expect, onTestFinished, test } from 'vitest'
import { createRepositories } from '../../../src/adapters/git/repositories/repositories.ts'
import type { WorkingRepository } from '../../../src/review/repositories-port.ts'
import {
  childGit,
  serveRepository,
  temporaryFolder,
  token,
  type ServedRepository,
} from './served-repository.ts'

const id = { installation: 12, owner: 'acme', name: 'fleet' }

async function open(remote: ServedRepository['remote']): Promise<WorkingRepository> {
  const options = { maxBytes: 2 ** 30, now: () => Date.now(), environment: process.env }
  return (await createRepositories({ folder: temporaryFolder(), ...options })).open(id, remote)
}

/** `http://127.0.0.1:<port>/<capability>`. */
function gateOf({ childEnvironment }: WorkingRepository): string {
  const keys = Object.values(childEnvironment)
  return /^url\.(.*)\.insteadOf$/.exec(keys.find((key) => key.endsWith('.insteadOf')) ?? '')?.[1] ?? ''
}

async function ask(url: string, init?: RequestInit): Promise<number> {
  const response = await fetch(url, init)
  await response.arrayBuffer()
  return response.status
}

describe('the gate of a child', () => {
  test('tells it no token', async () => {
    const served = await serveRepository()
    const working = await open(served.remote)
    const texts = JSON.stringify(working.childEnvironment)
    expect(texts).not.toContain(token)
    expect(texts).not.toContain(Buffer.from(`x-access-token:${token}`).toString('base64'))
    expect(texts).not.toMatch(/authorization/i)
    await working.close()
  })

  test('lets it read, and not push', async () => {
    const served = await serveRepository()
    const commit = served.commit({ 'a.yaml': 'a' })
    const working = await open(served.remote)
    await working.fetch(['refs/heads/main'])
    expect(await childGit(working, 'ls-remote', 'origin', 'refs/heads/main')).toBe(
      `${commit}\trefs/heads/main`,
    )
    await expect(childGit(working, 'push', 'origin', `${commit}:refs/heads/mine`)).rejects.toThrow('403')
    expect(served.git('for-each-ref', '--format=%(refname)')).toBe('refs/heads/main')
    await working.close()
  })

  test('is for git-upload-pack alone', async () => {
    const served = await serveRepository()
    served.commit({ 'a.yaml': 'a' })
    const working = await open(served.remote)
    const gate = gateOf(working)
    expect(await ask(`${gate}/info/refs?service=git-upload-pack`)).toBe(200)
    const count = served.requests.length
    for (const path of [
      ...['/info/refs', '/info/refs?service=git-receive-pack', '/HEAD', '/objects/info/packs', ''],
      ...[
        '/info/refs?service=git-upload-pack&service=git-receive-pack',
        '/../other.git/info/refs',
        '/git-receive-pack',
      ],
      ...['/info/refs?service=git-upload-archive', '//info/refs?service=git-upload-pack', '/git-upload-pack'],
    ])
      expect([path, await ask(gate + path)]).toEqual([path, expect.toBeOneOf([403, 404])])
    for (const path of ['/git-receive-pack', '/info/refs?service=git-upload-pack', '/git-upload-pack?x'])
      expect(await ask(gate + path, { method: 'POST', body: '0000' })).toBe(403)
    expect(served.requests).toHaveLength(count)
    await working.close()
  })

  test('is for one repository alone, and for those who know its address', async () => {
    const served = await serveRepository()
    const working = await open(served.remote)
    const gate = gateOf(working)
    const { origin } = new URL(gate)
    const service = 'info/refs?service=git-upload-pack'
    const guess = gate.replace(/.$/, (last) => (last === '0' ? '1' : '0'))
    for (const url of [
      `${origin}/${service}`,
      `${origin}/acme/other.git/${service}`,
      `${guess}/${service}`,
      `${gate}0/${service}`,
    ])
      expect([url, await ask(url)]).toEqual([url, 404])
    expect(served.requests).toEqual([])
    await expect(
      childGit(working, 'ls-remote', served.remote.url.replace('fleet.git', 'other.git')),
    ).rejects.toThrow('could not read Username')
    await working.close()
  })

  test('is gone with the work', async () => {
    const served = await serveRepository()
    const working = await open(served.remote)
    const gate = gateOf(working)
    await working.close()
    await expect(ask(`${gate}/info/refs?service=git-upload-pack`)).rejects.toThrow('fetch failed')
  })

  test('takes the token nowhere else', async () => {
    const asked: string[] = []
    const elsewhere = createServer((request, response) => {
      asked.push(request.url ?? '')
      response.end()
    })
    const redirecting = createServer((request, response) => {
      const { port } = elsewhere.address() as AddressInfo
      response.writeHead(302, { location: `http://127.0.0.1:${port}${request.url ?? ''}` }).end()
    })
    for (const server of [elsewhere, redirecting]) {
      await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve))
      onTestFinished(() => {
        server.closeAllConnections()
        server.close()
      })
    }
    const url = `http://127.0.0.1:${(redirecting.address() as AddressInfo).port}/acme/fleet.git`
    const working = await open({ url, token: () => Promise.resolve(token) })
    expect(await ask(`${gateOf(working)}/info/refs?service=git-upload-pack`)).toBe(502)
    await expect(working.fetch(['refs/heads/main'])).rejects.toMatchObject({ retryable: true })
    expect(asked).toEqual([])
    await working.close()
  })
})
