import { execFile, spawn } from 'node:child_process'
import { mkdtemp, open, readFile, readlink, rm, writeFile } from 'node:fs/promises'
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
  /** Its API server dies and begins again over the same etcd, with these arguments instead of those that it was given. */
  restart(...args: readonly string[]): Promise<void>
  stop(): Promise<void>
}

/** Uses ten ports from `portBase` on. `args` are for its API server. */
export async function startCluster(
  shared: string,
  name: string,
  portBase: number,
  args: readonly string[] = [],
): Promise<KubernetesCluster> {
  const state = await mkdtemp(join(tmpdir(), 'fleetwright-kube-'))
  const infra = join(shared, 'infra')
  const env = { ...process.env, INFRA_RUN: state, FLUX_REQUEUE: '1s', KUBE_APISERVER_ARGS: args.join(' ') }
  const { stdout } = await execute(join(infra, 'kube-up'), [name, String(portBase)], { env })
  const kubeconfig = stdout.trim()
  const kubectl = async (...args: readonly string[]): Promise<string> => {
    const options = {
      env: { ...process.env, KUBECONFIG: kubeconfig, HOME: dirname(kubeconfig) },
      maxBuffer: 1 << 26,
    }
    return (await execute('kubectl', [...args], options)).stdout
  }
  const restart = createRestart(join(dirname(kubeconfig), 'apiserver.pid'), args)
  return {
    kubeconfig,
    kubectl,
    async restart(...others) {
      await restart(others)
      const isReady = () => kubectl('get', '--raw', '/readyz').catch(String)
      await eventually('the API server is ready', isReady, (said) => said === 'ok')
    },
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

/** As Linux tells of processes; whoever stops the cluster finds the new one by the same file. */
function createRestart(
  pidFile: string,
  given: readonly string[],
): (others: readonly string[]) => Promise<void> {
  let before = given
  return async (others) => {
    const pid = Number(await readFile(pidFile, 'utf8'))
    const [file = '', ...args] = (await readFile(`/proc/${pid}/cmdline`, 'utf8')).split('\0').slice(0, -1)
    const own = args.filter((arg) => !before.includes(arg))
    before = others
    const cwd = await readlink(`/proc/${pid}/cwd`)
    process.kill(pid, 'SIGKILL')
    const isThere = () => Promise.resolve(isAlive(pid))
    await eventually('the API server ends', isThere, (is) => !is)
    const log = await open(join(dirname(pidFile), 'apiserver.log'), 'a')
    const stdio = ['ignore', log.fd, log.fd] as const
    const child = spawn(file, [...own, ...others], { cwd, detached: true, stdio: [...stdio] })
    child.unref()
    await log.close()
    await writeFile(pidFile, String(child.pid))
  }
}

function isAlive(pid: number): boolean {
  try {
    return process.kill(pid, 0)
  } catch {
    return false
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
