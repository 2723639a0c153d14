import { execFile } from 'node:child_process'
import { mkdtemp, readFile, rm } from 'node:fs/promises'
import { request } from 'node:https'
import { tmpdir } from 'node:os'
import { dirname, join } from 'node:path'
import { promisify } from 'node:util'
import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import { apiVersionList, servedApis } from '../../src/kubernetes/api-versions.ts'
import { requireShared, sharedFolder } from '../shared.ts'

const run = promisify(execFile)

interface ApiResourceList {
  readonly resources: readonly {
    readonly name: string
    readonly kind: string
    readonly namespaced: boolean
  }[]
}

/** A throwaway kube-apiserver on loopback, its discovery read by plain requests. */
class Server {
  readonly folder: string
  readonly port: number
  constructor(folder: string, port: number) {
    this.folder = folder
    this.port = port
  }

  async get<T>(path: string): Promise<T> {
    const ca = await readFile(join(this.folder, 'pki/ca.crt'))
    const token = await readFile(join(this.folder, 'pki/admin.token'), 'utf8')
    return new Promise((resolve, reject) => {
      const call = request(
        { host: '127.0.0.1', port: this.port, path, ca, headers: { authorization: `Bearer ${token}` } },
        (response) => {
          const parts: Buffer[] = []
          response.on('data', (part: Buffer) => parts.push(part))
          response.on('end', () => {
            resolve(JSON.parse(Buffer.concat(parts).toString('utf8')) as T)
          })
        },
      )
      call.on('error', reject)
      call.end()
    })
  }

  async resourceLists(): Promise<readonly (readonly [groupVersion: string, list: ApiResourceList])[]> {
    const core = await this.get<{ versions: string[] }>('/api')
    const named = await this.get<{ groups: { versions: { groupVersion: string }[] }[] }>('/apis')
    const groupVersions = named.groups.flatMap((group) =>
      group.versions.map((version) => version.groupVersion),
    )
    const paths = [
      ...core.versions.map((version) => [version, `/api/${version}`] as const),
      ...groupVersions.map((version) => [version, `/apis/${version}`] as const),
    ]
    return Promise.all(
      paths.map(async ([version, path]) => [version, await this.get<ApiResourceList>(path)] as const),
    )
  }
}

describe.skipIf(sharedFolder() === undefined)('built-in APIs against a real kube-apiserver', () => {
  const name = `api-versions-${process.pid}`
  const portBase = 24_000 + (process.pid % 190) * 10
  let state: string
  let server: Server
  let minor: number

  beforeAll(async () => {
    state = await mkdtemp(join(tmpdir(), 'fleetwright-test-'))
    const { stdout } = await run(join(requireShared(), 'infra/kube-up'), [name, String(portBase)], {
      env: { ...process.env, INFRA_RUN: state },
    })
    server = new Server(dirname(stdout.trim()), portBase + 2)
    minor = Number((await server.get<{ minor: string }>('/version')).minor)
  })
  afterAll(async () => {
    await run(join(requireShared(), 'infra/kube-down'), [name], { env: { ...process.env, INFRA_RUN: state } })
    await rm(state, { recursive: true, force: true })
  })

  test('the kinds and scopes of its minor are those that its discovery lists', async () => {
    const live = (await server.resourceLists()).flatMap(([groupVersion, list]) =>
      list.resources
        .filter((resource) => !resource.name.includes('/'))
        .map(
          (resource) => `${groupVersion}/${resource.kind} ${resource.namespaced ? 'namespaced' : 'cluster'}`,
        ),
    )
    const ours = servedApis(minor).map(
      (api) =>
        `${api.group === '' ? '' : `${api.group}/`}${api.version}/${api.kind} ${api.namespaced ? 'namespaced' : 'cluster'}`,
    )
    expect(ours.sort()).toEqual([...new Set(live)].sort())
  })

  test("the API versions are those that Helm's walk over its discovery gathers", async () => {
    const gathered = (await server.resourceLists()).flatMap(([groupVersion, list]) => [
      groupVersion,
      ...list.resources.map((resource) => `${groupVersion}/${resource.kind}`),
    ])
    expect(apiVersionList(minor)).toEqual([...new Set(gathered)].sort())
  })
})
