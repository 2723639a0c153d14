import { spawn } from 'node:child_process'
import { EnvironmentError } from '../../diagnostics/errors.ts'
import { SourceFailure } from '../../sources/source-remote-port.ts'

export interface GitCommand {
  readonly folder: string
  /** Settings of this command alone; they go by the environment, where other users cannot read them. */
  readonly settings: Readonly<Record<string, string>>
  readonly environment: Readonly<Record<string, string | undefined>>
  readonly deadlineMs: number
  readonly maxBytes: number
  readonly input?: string
  /** For messages. */
  readonly host: string
}

/** Passed on from the caller's environment; the user's own Git configuration is not, so that no `insteadOf` sends a fetch elsewhere. */
const passedOn = [
  'PATH',
  'SSH_AUTH_SOCK',
  'HTTP_PROXY',
  'HTTPS_PROXY',
  'NO_PROXY',
  'http_proxy',
  'https_proxy',
  'no_proxy',
  'SystemRoot',
  'GIT_SSH_COMMAND',
]

/** Runs Git without prompts, hooks or user configuration. Throws SourceFailure when it fails, EnvironmentError when there is none. */
export async function runGit(args: readonly string[], command: GitCommand): Promise<Buffer> {
  const settings = Object.entries(command.settings)
  const environment: Record<string, string> = {
    HOME: command.folder,
    LC_ALL: 'C',
    GIT_TERMINAL_PROMPT: '0',
    GIT_CONFIG_NOSYSTEM: '1',
    GIT_CONFIG_GLOBAL: '/dev/null',
    GIT_ALLOW_PROTOCOL: 'http:https:ssh',
    GIT_CONFIG_COUNT: String(settings.length),
  }
  for (const name of passedOn) {
    const value = command.environment[name]
    if (value !== undefined) environment[name] = value
  }
  for (const [index, [key, value]] of settings.entries()) {
    environment[`GIT_CONFIG_KEY_${index}`] = key
    environment[`GIT_CONFIG_VALUE_${index}`] = value
  }
  return new Promise((resolve, reject) => {
    const child = spawn('git', args, {
      cwd: command.folder,
      env: environment,
      stdio: ['pipe', 'pipe', 'pipe'],
    })
    const output: Buffer[] = []
    let received = 0
    let faults = ''
    let ended: SourceFailure | undefined
    const end = (failure: SourceFailure): void => {
      ended ??= failure
      child.kill('SIGKILL')
    }
    const deadline = setTimeout(() => {
      end(failure('stalled', command, 'does not finish in time', true))
    }, command.deadlineMs)
    child.stdout.on('data', (chunk: Buffer) => {
      received += chunk.length
      if (received > command.maxBytes) end(failure('too-large', command, 'sends too much', false))
      else output.push(chunk)
    })
    child.stderr.setEncoding('utf8').on('data', (text: string) => (faults = (faults + text).slice(-4096)))
    child.stdin.on('error', () => undefined).end(command.input)
    child.on('error', (cause) => {
      clearTimeout(deadline)
      reject(withoutGit(cause))
    })
    child.on('close', (code) => {
      clearTimeout(deadline)
      if (ended !== undefined) reject(ended)
      else if (code === 0) resolve(Buffer.concat(output))
      else reject(failure('unreachable', command, `was left by git: ${lastLine(faults)}`, true))
    })
  })
}

function failure(
  reason: 'stalled' | 'too-large' | 'unreachable',
  { host }: GitCommand,
  what: string,
  retryable: boolean,
): SourceFailure {
  return new SourceFailure({
    reason,
    operation: `fetch from ${host}`,
    message: `${host} ${what}`,
    hint: 'try `git ls-remote` with the same URL and credentials',
    retryable,
  })
}

function withoutGit(cause: Error): EnvironmentError {
  return new EnvironmentError({
    adapter: 'git',
    operation: 'run git',
    message: 'git cannot be run',
    retryable: false,
    hint: 'install Git 2.37 or later and put it on the PATH',
    cause,
  })
}

/** Git's own reason; credentials never are on its command line or in its URLs. */
function lastLine(text: string): string {
  const lines = text.split('\n').map((line) => line.replace(/^(?:fatal|error|remote):\s*/, '').trim())
  return lines.findLast((line) => line !== '') ?? 'no reason given'
}
