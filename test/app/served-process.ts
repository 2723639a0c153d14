import { spawn, type ChildProcess, type SpawnOptions } from 'node:child_process'
import { once } from 'node:events'
import { createInterface } from 'node:readline'
import { cliFile } from '../bundled.ts'
import type { AppState } from '../github/apps.ts'
import type { GitHubDouble } from '../github/github-double.ts'

export type Line = Readonly<Record<string, unknown>> & { readonly event: string }

export interface ServedProcess {
  readonly url: string
  readonly metricsUrl: string
  readonly child: ChildProcess
  /** Everything that it printed. */
  readonly output: () => string
  /** The log so far. */
  readonly lines: readonly Line[]
  /** The first line of the log with this event, as soon as there is one. */
  readonly logged: (event: string) => Promise<Line>
  /** Its exit code. */
  readonly ended: Promise<number | null>
  /** As a loss of power does: nothing is told to it. Resolves when it is gone. */
  kill(): Promise<void>
}

/** What the app needs to work for an app of the double. */
export function appEnvironment(double: GitHubDouble, app: AppState): Record<string, string> {
  return {
    APP_ID: String(app.id),
    PRIVATE_KEY: app.privateKey,
    WEBHOOK_SECRET: app.webhookSecret,
    GITHUB_API_URL: double.apiUrl,
    HOST: '127.0.0.1',
    PORT: '0',
    METRICS_PORT: '0',
  }
}

export interface ServedProcessOptions {
  readonly env: Readonly<Record<string, string>>
  readonly args?: readonly string[]
  /** Of the command line. */
  readonly cli?: string
  /** Whose process it is, and where it starts. Default: as this one. */
  readonly as?: Readonly<Pick<SpawnOptions, 'uid' | 'gid' | 'cwd'>>
}

/** `fleetwright serve` as a process of its own, that listens. Needs no test runner; whoever starts it ends it. */
export async function startServed({
  env,
  args = [],
  cli = cliFile(),
  as,
}: ServedProcessOptions): Promise<ServedProcess> {
  const child = spawn(process.execPath, [cli, 'serve', ...args], {
    ...as,
    env: { PATH: process.env['PATH'] ?? '', ...env },
    stdio: ['ignore', 'pipe', 'pipe'],
  })
  const ended = once(child, 'exit').then(([code]) => code as number | null)
  const printed: string[] = []
  const lines: Line[] = []
  const waiting: { readonly event: string; readonly found: (line: Line) => void }[] = []
  createInterface(child.stdout).on('line', (text) => {
    printed.push(text)
    const line = tryParse(text)
    if (line === undefined) return
    lines.push(line)
    for (const { event, found } of waiting) if (event === line.event) found(line)
  })
  createInterface(child.stderr).on('line', (text) => void printed.push(text))
  const output = (): string => printed.join('\n')
  const logged = (event: string): Promise<Line> =>
    new Promise((found, failed) => {
      const known = lines.find((line) => line.event === event)
      if (known) found(known)
      waiting.push({ event, found })
      void ended.then((code) => failed(new Error(`it ended with ${code ?? 'a signal'}:\n${output()}`)))
    })
  const { port, metricsPort } = await logged('listening')
  return {
    ...{ child, output, lines, logged, ended },
    url: `http://127.0.0.1:${String(port)}`,
    metricsUrl: `http://127.0.0.1:${String(metricsPort)}/metrics`,
    async kill() {
      child.kill('SIGKILL')
      await ended
    },
  }
}

/** Who is killed may be in the middle of a line. */
function tryParse(text: string): Line | undefined {
  try {
    return JSON.parse(text) as Line
  } catch {
    return undefined
  }
}
