import { spawn, type ChildProcess } from 'node:child_process'
import { once } from 'node:events'
import { mkdtempSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join, resolve } from 'node:path'
import { createInterface } from 'node:readline'
import { onTestFinished } from 'vitest'
import type { AppState } from '../github/apps.ts'
import type { GitHubDouble } from '../github/github-double.ts'

const main = resolve(import.meta.dirname, '../../src/cli/main.ts')

export type Line = Readonly<Record<string, unknown>> & { readonly event: string }

export interface ServedApp {
  readonly url: string
  readonly metricsUrl: string
  readonly child: ChildProcess
  readonly dataFolder: string
  /** Everything that it printed. */
  readonly output: () => string
  /** The first line of the log with this event, as soon as there is one. */
  readonly logged: (event: string) => Promise<Line>
  /** Its exit code. */
  readonly ended: Promise<number | null>
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

/** `fleetwright serve` as a process of its own, from source, that listens. It is killed when the test ends. */
export async function serveApp(
  env: Readonly<Record<string, string>>,
  args: readonly string[] = [],
): Promise<ServedApp> {
  const dataFolder = env['FLEETWRIGHT_DATA'] ?? mkdtempSync(join(tmpdir(), 'fleetwright-served-'))
  const child = spawn(process.execPath, [main, 'serve', ...args], {
    env: { PATH: process.env['PATH'] ?? '', FLEETWRIGHT_DATA: dataFolder, ...env },
    stdio: ['ignore', 'pipe', 'pipe'],
  })
  const ended = once(child, 'exit').then(([code]) => code as number | null)
  onTestFinished(async () => {
    child.kill('SIGKILL')
    await ended
    rmSync(dataFolder, { recursive: true, force: true, maxRetries: 3 })
  })
  const printed: string[] = []
  const lines: Line[] = []
  const waiting = new Map<string, (line: Line) => void>()
  createInterface(child.stdout).on('line', (text) => {
    printed.push(text)
    const line = JSON.parse(text) as Line
    lines.push(line)
    waiting.get(line.event)?.(line)
  })
  createInterface(child.stderr).on('line', (text) => void printed.push(text))
  const output = (): string => printed.join('\n')
  const logged = (event: string): Promise<Line> =>
    new Promise((found, failed) => {
      const known = lines.find((line) => line.event === event)
      if (known) found(known)
      waiting.set(event, found)
      void ended.then((code) => failed(new Error(`it ended with ${code ?? 'a signal'}:\n${output()}`)))
    })
  const { port, metricsPort } = await logged('listening')
  return {
    ...{ child, dataFolder, output, logged, ended },
    url: `http://127.0.0.1:${String(port)}`,
    metricsUrl: `http://127.0.0.1:${String(metricsPort)}/metrics`,
  }
}
