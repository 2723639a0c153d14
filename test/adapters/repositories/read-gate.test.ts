import { readdirSync, readFileSync } from 'node:fs'
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

interface Gate {
  /** `http://127.0.0.1:<port>`. */
  readonly url: string
  readonly secret: string
}

function gateOf({ childEnvironment }: WorkingRepository): Gate {
  const settings = new Map(
    Object.entries(childEnvironment).flatMap(([name, key]) => {
      const index = /^GIT_CONFIG_KEY_(\d+)$/.exec(name)?.[1]
      return index === undefined ? [] : [[key, childEnvironment[`GIT_CONFIG_VALUE_${index}`] ?? '']]
    }),
  )
  const url = [...settings.keys()].map((key) => /^url\.(.*)\.insteadOf$/.exec(key)?.[1]).find(Boolean) ?? ''
  const [, secret = ''] = settings.get(`http.${url}.extraHeader`)?.split(': ') ?? []
  return { url, secret }
}

async function ask(url: string, secret?: string, init?: RequestInit): Promise<number> {
  const headers = secret === undefined ? {} : { 'fleetwright-gate': secret }
  const response = await fetch(url, { headers, ...init })
  await response.arrayBuffer()
  return response.status
}

/** Of all processes that can be seen, as everybody on the machine sees them. */
function processArguments(): string[] {
  return readdirSync('/proc').flatMap((entry) => {
    if (!/^\d+$/.test(entry)) return []
    try {
      return [readFileSync(`/proc/${entry}/cmdline`, 'utf8')]
    } catch {
      // It is gone.
      return []
    }
  })
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
    const { url, secret } = gateOf(working)
    expect(await ask(`${url}/info/refs?service=git-upload-pack`, secret)).toBe(200)
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
      expect([path, await ask(url + path, secret)]).toEqual([path, 403])
    for (const path of ['/git-receive-pack', '/info/refs?service=git-upload-pack', '/git-upload-pack?x'])
      expect(await ask(url + path, secret, { method: 'POST', body: '0000' })).toBe(403)
    expect(served.requests).toHaveLength(count)
    await working.close()
  })

  test('is for one repository alone, and for those who know its secret', async () => {
    const served = await serveRepository()
    const working = await open(served.remote)
    const { url, secret } = gateOf(working)
    const service = 'info/refs?service=git-upload-pack'
    const guess = secret.replace(/.$/, (last) => (last === '0' ? '1' : '0'))
    for (const one of [undefined, '', guess, `${secret}0`, `${secret}, ${secret}`])
      expect([one, await ask(`${url}/${service}`, one)]).toEqual([one, 404])
    expect(await ask(`${url}/${secret}/${service}`)).toBe(404)
    expect(await ask(`${url}/acme/other.git/${service}`, secret)).toBe(403)
    expect(served.requests).toEqual([])
    await expect(
      childGit(working, 'ls-remote', served.remote.url.replace('fleet.git', 'other.git')),
    ).rejects.toThrow('could not read Username')
    await working.close()
  })

  test.skipIf(process.platform !== 'linux')('is told to git by no argument', async () => {
    const served = await serveRepository()
    served.commit({ 'a.yaml': 'a' })
    const seen: string[] = []
    const working = await open({
      ...served.remote,
      // The gate asks for it while git's processes wait for an answer.
      token: () => {
        seen.push(...processArguments())
        return served.remote.token()
      },
    })
    await childGit(working, 'ls-remote', 'origin')
    const { url, secret } = gateOf(working)
    expect(secret).toMatch(/^[0-9a-f]{64}$/)
    expect(seen.filter((args) => args.includes(url))).not.toEqual([])
    expect(seen.filter((args) => args.includes(secret))).toEqual([])
    await working.close()
  })

  test('is gone with the work', async () => {
    const served = await serveRepository()
    const working = await open(served.remote)
    const { url, secret } = gateOf(working)
    await working.close()
    await expect(ask(`${url}/info/refs?service=git-upload-pack`, secret)).rejects.toThrow('fetch failed')
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
    const gate = gateOf(working)
    expect(await ask(`${gate.url}/info/refs?service=git-upload-pack`, gate.secret)).toBe(502)
    await expect(working.fetch(['refs/heads/main'])).rejects.toMatchObject({ retryable: true })
    expect(asked).toEqual([])
    await working.close()
  })
})
