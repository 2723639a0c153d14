import { spawn, type ChildProcess } from 'node:child_process'
import { once } from 'node:events'
import { mkdtemp } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { dirname, join } from 'node:path'
import { createInterface } from 'node:readline'

/** The binary that FLEETWRIGHT_REDIS names. Tests skip visibly without it, and fail where everything must be there. */
export function redisBinary(): string | undefined {
  const binary = process.env['FLEETWRIGHT_REDIS']
  if (binary === undefined && process.env['FLEETWRIGHT_REQUIRE_SHARED'] === '1')
    throw new Error('FLEETWRIGHT_REQUIRE_SHARED is set and FLEETWRIGHT_REDIS names no redis-server')
  return binary
}

export interface RedisServer {
  readonly url: string
  readonly port: number
  /** Stops answering, and answers again. */
  pause(): void
  resume(): void
  /** Ends with everything on its disk. */
  stop(): Promise<void>
  /** Ends without another word, also while it is paused. */
  kill(): Promise<void>
}

/** Redis does not tell a port that the system chose, so one of a block of our own is tried after the other. */
const firstPort = 21_700
const lastPort = 21_790

export interface RedisServerOptions {
  readonly password?: string
  /** That of a server before, whose data it takes over. */
  readonly folder?: string
  readonly port?: number
  /** With a certificate, in these files. */
  readonly tls?: { readonly cert: string; readonly key: string }
}

export async function startRedis(options: RedisServerOptions = {}): Promise<RedisServer> {
  const folder = options.folder ?? (await mkdtemp(join(tmpdir(), 'redis-')))
  const ports = options.port === undefined ? portsFrom(process.pid) : [options.port]
  for (const port of ports) {
    const child = await tryStart({ ...options, folder, port })
    if (child) return toServer(child, port, options)
  }
  throw new Error('redis-server starts on none of the ports of the tests')
}

function portsFrom(start: number): readonly number[] {
  const count = lastPort - firstPort
  return Array.from({ length: count }, (_, index) => firstPort + ((start + index) % count))
}

async function tryStart(
  options: RedisServerOptions & { readonly folder: string; readonly port: number },
): Promise<ChildProcess | undefined> {
  const { folder, password, port, tls } = options
  const binary = redisBinary() ?? ''
  const listen = tls
    ? ['--port', '0', '--tls-port', `${port}`, '--tls-cert-file', tls.cert, '--tls-key-file', tls.key]
    : ['--port', `${port}`]
  const args = [...listen, '--bind', '127.0.0.1', '--dir', folder, '--save', '', '--appendonly', 'yes']
  if (tls) args.push('--tls-auth-clients', 'no')
  if (password !== undefined) args.push('--requirepass', password)
  const child = spawn(binary, args, {
    stdio: ['ignore', 'pipe', 'inherit'],
    env: { ...process.env, LD_LIBRARY_PATH: dirname(binary) },
  })
  for await (const line of createInterface(child.stdout)) {
    if (line.includes('Ready to accept connections')) {
      child.stdout.resume()
      return child
    }
  }
  return undefined
}

function toServer(child: ChildProcess, port: number, options: RedisServerOptions): RedisServer {
  const user = options.password === undefined ? '' : `:${encodeURIComponent(options.password)}@`
  const end = async (signal: NodeJS.Signals): Promise<void> => {
    const ended = child.exitCode === null && child.signalCode === null ? once(child, 'exit') : undefined
    child.kill(signal)
    await ended
  }
  return {
    url: `${options.tls ? 'rediss' : 'redis'}://${user}127.0.0.1:${port}`,
    port,
    pause: () => void child.kill('SIGSTOP'),
    resume: () => void child.kill('SIGCONT'),
    stop() {
      child.kill('SIGCONT')
      return end('SIGTERM')
    },
    kill: () => end('SIGKILL'),
  }
}
