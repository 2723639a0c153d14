import { execFileSync } from 'node:child_process'
import { existsSync, mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { dirname, join } from 'node:path'
import { afterAll, onTestFinished } from 'vitest'
import type { Io } from '../../src/cli/io.ts'
import { run } from '../../src/cli/run.ts'
import { createTestEngine } from '../engine/built-engine.ts'

/** One for all commands of a file: starting it takes longer than most commands. */
const sharedEngine = createTestEngine()
afterAll(async () => (await sharedEngine).close())

export const shareEngine: Io['startEngine'] = async () => ({
  ...(await sharedEngine),
  close: () => Promise.resolve(),
})

export interface CommandResult {
  readonly exitCode: number
  readonly stdout: string
  readonly stderr: string
}

export interface CommandSetting {
  readonly env?: Readonly<Record<string, string>>
  readonly isTerminal?: boolean
  readonly now?: () => Date
  readonly startEngine?: Io['startEngine']
  /** Aborted as by Ctrl-C. */
  readonly interrupt?: AbortSignal
  readonly wait?: Io['wait']
  /** Told of all that is printed, as it is printed. */
  readonly onPrint?: (name: 'stdout' | 'stderr', text: string) => void
}

/** Runs a command line in this process, in `folder`, with an environment of its own. */
export async function runCommand(
  folder: string,
  args: readonly string[],
  setting: CommandSetting = {},
): Promise<CommandResult> {
  const {
    env = {},
    isTerminal = false,
    now = () => new Date('2026-01-02T00:00:00Z'),
    startEngine = shareEngine,
    interrupt,
  } = setting
  const texts = { stdout: '', stderr: '' }
  const wait = setting.wait ?? (() => Promise.reject(new Error('this test waits for nothing')))
  const output = (name: 'stdout' | 'stderr') => ({
    write(text: string) {
      texts[name] += text
      setting.onPrint?.(name, text)
    },
    isTerminal,
    columns: 80,
  })
  const io: Io = {
    stdout: output('stdout'),
    stderr: output('stderr'),
    env: { XDG_CACHE_HOME: join(folder, '..', 'cache'), ...env },
    cwd: folder,
    homeFolder: join(folder, '..'),
    temporaryFolder: tmpdir(),
    cores: 1,
    startEngine,
    now,
    removeOnInterrupt: () => () => undefined,
    stopOnInterrupt: (stop) => {
      interrupt?.addEventListener('abort', () => void stop())
      return () => undefined
    },
    wait,
  }
  return { exitCode: await run(args, io), ...texts }
}

/** A folder that goes when the test ends. */
export function temporaryFolder(): string {
  const folder = mkdtempSync(join(tmpdir(), 'fleetwright-cli-'))
  onTestFinished(() => rmSync(folder, { recursive: true, force: true }))
  return folder
}

/** Writes files and commits everything that is there; gives the commit. */
export function commitFiles(folder: string, files: Readonly<Record<string, string>> = {}): string {
  for (const [path, text] of Object.entries(files)) {
    mkdirSync(dirname(join(folder, path)), { recursive: true })
    writeFileSync(join(folder, path), text)
  }
  if (!existsSync(join(folder, '.git'))) git(folder, 'init', '--quiet', '--initial-branch=main')
  git(folder, 'add', '--all')
  git(folder, 'commit', '--quiet', '--message', 'Change the fleet')
  return git(folder, 'rev-parse', 'HEAD').trim()
}

export function git(folder: string, ...args: readonly string[]): string {
  return execFileSync('git', args, { cwd: folder, encoding: 'utf8', env: gitEnvironment() })
}

/** One person at one time, and nothing of the configuration of this machine. */
export function gitEnvironment(): NodeJS.ProcessEnv {
  const date = '2026-01-01T00:00:00Z'
  return {
    ...process.env,
    GIT_CONFIG_GLOBAL: '/dev/null',
    GIT_CONFIG_SYSTEM: '/dev/null',
    ...{ GIT_AUTHOR_NAME: 'Ada', GIT_AUTHOR_EMAIL: 'ada@example.com', GIT_AUTHOR_DATE: date },
    ...{ GIT_COMMITTER_NAME: 'Ada', GIT_COMMITTER_EMAIL: 'ada@example.com', GIT_COMMITTER_DATE: date },
  }
}
