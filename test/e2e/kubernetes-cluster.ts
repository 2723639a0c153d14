import { execFile, spawn } from 'node:child_process'
import { mkdtemp, rm } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { dirname, join } from 'node:path'
import { promisify } from 'node:util'

const execute = promisify(execFile)

export interface KubernetesObject {
  readonly metadata: {
    readonly name: string
    readonly namespace?: string
    readonly generation?: number
    readonly annotations?: Record<string, string>
  }
  readonly spec?: Record<string, unknown>
  readonly status?: {
    readonly conditions?: { type: string; status: string; reason: string; message: string }[]
  }
}

/** A throwaway etcd and kube-apiserver on loopback, spoken to by kubectl. */
export interface KubernetesCluster {
  readonly kubeconfig: string
  kubectl(...args: readonly string[]): Promise<string>
  /** Applies objects as kubectl would, strictly. */
  apply(objects: readonly object[] | string, ...args: readonly string[]): Promise<string>
  /** An object, or undefined when there is none. */
  find(kind: string, namespace: string, name: string): Promise<KubernetesObject | undefined>
  /** Starts Flux' controllers against it. */
  startFlux(portBase: number): Promise<void>
  stop(): Promise<void>
}

/** Uses ten ports from `portBase` on. */
export async function startCluster(
  shared: string,
  name: string,
  portBase: number,
): Promise<KubernetesCluster> {
  const state = await mkdtemp(join(tmpdir(), 'fleetwright-kube-'))
  const infra = join(shared, 'infra')
  const env = { ...process.env, INFRA_RUN: state, FLUX_REQUEUE: '1s' }
  const { stdout } = await execute(join(infra, 'kube-up'), [name, String(portBase)], { env })
  const kubeconfig = stdout.trim()
  const kubectl = async (...args: readonly string[]): Promise<string> => {
    const options = {
      env: { ...process.env, KUBECONFIG: kubeconfig, HOME: dirname(kubeconfig) },
      maxBuffer: 1 << 26,
    }
    return (await execute('kubectl', [...args], options)).stdout
  }
  return {
    kubeconfig,
    kubectl,
    apply: (objects, ...args) => applyObjects(kubeconfig, objects, args),
    async find(kind, namespace, objectName) {
      const scope = namespace === '' ? [] : ['-n', namespace]
      const text = await kubectl('get', kind, objectName, ...scope, '-o', 'json', '--ignore-not-found')
      return text.trim() === '' ? undefined : (JSON.parse(text) as KubernetesObject)
    },
    async startFlux(fluxPorts) {
      await execute(join(infra, 'flux-up'), [name, String(fluxPorts)], { env })
    },
    async stop() {
      await execute(join(infra, 'kube-down'), [name], { env })
      await rm(state, { recursive: true, force: true })
    },
  }
}

function applyObjects(
  kubeconfig: string,
  objects: readonly object[] | string,
  args: readonly string[],
): Promise<string> {
  const list = { apiVersion: 'v1', kind: 'List', items: objects }
  const input = typeof objects === 'string' ? objects : JSON.stringify(list)
  return new Promise((resolve, reject) => {
    const child = spawn('kubectl', ['apply', '--server-side', '--validate=strict', '-f', '-', ...args], {
      env: { ...process.env, KUBECONFIG: kubeconfig },
    })
    let output = ''
    child.stdout.on('data', (chunk: Buffer) => (output += chunk.toString()))
    child.stderr.on('data', (chunk: Buffer) => (output += chunk.toString()))
    child.on('error', reject)
    child.on('close', (code) => (code === 0 ? resolve(output) : reject(new Error(output))))
    child.stdin.end(input)
  })
}

/** Asks until the answer is what is waited for; says the last answer when it never is. */
export async function eventually<T>(
  what: string,
  ask: () => Promise<T>,
  isThere: (answer: T) => boolean,
  seconds = 90,
): Promise<T> {
  const deadline = performance.now() + seconds * 1000
  for (;;) {
    const answer = await ask()
    if (isThere(answer)) return answer
    if (performance.now() > deadline) throw new Error(`${what}: still ${JSON.stringify(answer)}`)
    await new Promise((resolve) => setTimeout(resolve, 250))
  }
}
