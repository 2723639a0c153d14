import { readFile } from 'node:fs/promises'
import { Agent, request } from 'node:https'
import { dirname, join } from 'node:path'
import { groupOf } from '../../src/kubernetes/object-key.ts'

/** An object as a test writes it. */
export interface TestObject {
  readonly apiVersion: string
  readonly kind: string
  readonly metadata: { readonly name: string; readonly namespace?: string; readonly [field: string]: unknown }
  readonly [field: string]: unknown
}

export interface Answer {
  readonly status: number
  readonly message: string
  readonly body: Readonly<Record<string, unknown>>
}

interface Resource {
  readonly name: string
  readonly kind: string
  readonly namespaced: boolean
}

/** Plain requests to an API server of `startCluster`: hundreds of them take as long as one kubectl. */
export class KubernetesRequests {
  readonly #agent: Agent
  readonly #token: string
  readonly #port: number
  readonly #resources = new Map<string, Promise<readonly Resource[]>>()

  private constructor(agent: Agent, token: string, port: number) {
    this.#agent = agent
    this.#token = token
    this.#port = port
  }

  /** `portBase` as it was given to `startCluster`. */
  static async open(kubeconfig: string, portBase: number): Promise<KubernetesRequests> {
    const folder = join(dirname(kubeconfig), 'pki')
    const ca = await readFile(join(folder, 'ca.crt'))
    const token = await readFile(join(folder, 'admin.token'), 'utf8')
    return new KubernetesRequests(new Agent({ ca, keepAlive: true, maxSockets: 8 }), token, portBase + 2)
  }

  close(): void {
    this.#agent.destroy()
  }

  /** Server-side apply, as Flux does it: strict, and taking over fields. */
  async apply(object: TestObject, options: { readonly dryRun: boolean }): Promise<Answer> {
    const query = `fieldManager=test&force=true&fieldValidation=Strict${options.dryRun ? '&dryRun=All' : ''}`
    const path = `${await this.#pathOf(object)}/${encodeURIComponent(object.metadata.name)}?${query}`
    return this.send('PATCH', path, { type: 'application/apply-patch+yaml', body: object })
  }

  /** A new object of the name, only tried. */
  async tryCreate(object: TestObject): Promise<Answer> {
    const path = `${await this.#pathOf(object)}?fieldValidation=Strict&dryRun=All`
    return this.send('POST', path, { type: 'application/json', body: object })
  }

  async patchStatus(object: TestObject, status: object): Promise<Answer> {
    const path = `${await this.#pathOf(object)}/${encodeURIComponent(object.metadata.name)}/status`
    return this.send('PATCH', path, { type: 'application/merge-patch+json', body: { status } })
  }

  send(method: string, path: string, content?: { type: string; body: object }): Promise<Answer> {
    return new Promise((resolve, reject) => {
      const call = request(
        {
          ...{ method, path, host: '127.0.0.1', port: this.#port, agent: this.#agent },
          headers: {
            authorization: `Bearer ${this.#token}`,
            ...(content && { 'content-type': content.type }),
          },
        },
        (response) => {
          const parts: Buffer[] = []
          response.on('data', (part: Buffer) => parts.push(part))
          response.on('error', reject)
          response.on('end', () => {
            const text = Buffer.concat(parts).toString('utf8')
            // What nobody serves is answered with plain text.
            const isJson = response.headers['content-type']?.startsWith('application/json') ?? false
            const body = isJson ? (JSON.parse(text) as Answer['body']) : { message: text }
            const message = typeof body['message'] === 'string' ? body['message'] : ''
            resolve({ status: response.statusCode ?? 0, message, body })
          })
        },
      )
      call.on('error', reject)
      call.end(content && JSON.stringify(content.body))
    })
  }

  async #pathOf({ apiVersion, kind, metadata }: TestObject): Promise<string> {
    const root = groupOf(apiVersion) === '' ? `/api/${apiVersion}` : `/apis/${apiVersion}`
    const known = this.#resources.get(root) ?? this.#listResources(root)
    this.#resources.set(root, known)
    const resource = (await known).find((one) => one.kind === kind && !one.name.includes('/'))
    if (resource === undefined) throw new Error(`the server does not serve ${apiVersion} ${kind}`)
    return resource.namespaced
      ? `${root}/namespaces/${metadata.namespace ?? 'default'}/${resource.name}`
      : `${root}/${resource.name}`
  }

  async #listResources(root: string): Promise<readonly Resource[]> {
    const { body } = await this.send('GET', root)
    return (body['resources'] ?? []) as readonly Resource[]
  }
}
