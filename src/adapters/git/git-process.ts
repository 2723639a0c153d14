import { Buffer } from 'node:buffer'
import { spawn, type ChildProcessWithoutNullStreams } from 'node:child_process'
import { EnvironmentError } from '../../diagnostics/errors.ts'

export interface GitResult {
  readonly exitCode: number
  readonly stdout: Buffer
  readonly stderr: string
}

export interface GitCall {
  /** Folder in which git runs. */
  readonly folder: string
  readonly args: readonly string[]
  readonly input?: string
  /** Added to the environment. */
  readonly env?: Readonly<Record<string, string>>
  /** Instead of the environment of this process. */
  readonly environment?: Readonly<Record<string, string>>
  /** Ends git, whose exit code then is 128. */
  readonly signal?: AbortSignal
}

/** Starts git with an argument array, never a shell. */
export function startGit(call: Omit<GitCall, 'input'>): ChildProcessWithoutNullStreams {
  const { folder, args, env, environment = process.env, signal } = call
  return spawn('git', args, {
    cwd: folder,
    // No prompt may wait for somebody, no lock is taken for reading, and texts are the same everywhere.
    env: { ...environment, GIT_TERMINAL_PROMPT: '0', GIT_OPTIONAL_LOCKS: '0', LC_ALL: 'C', ...env },
    stdio: ['pipe', 'pipe', 'pipe'],
    ...(signal && { signal }),
  })
}

/**
 * Runs git and gives what it wrote; the exit code is the caller's to judge.
 * Throws EnvironmentError when git itself cannot be started.
 */
export function runGit({ input, ...call }: GitCall): Promise<GitResult> {
  return new Promise((resolve, reject) => {
    const child = startGit(call)
    const stdout: Buffer[] = []
    const stderr: Buffer[] = []
    child.stdout.on('data', (chunk: Buffer) => stdout.push(chunk))
    child.stderr.on('data', (chunk: Buffer) => stderr.push(chunk))
    child.on('error', (cause: NodeJS.ErrnoException) => {
      // What was ended is closed in a moment.
      if (call.signal?.aborted !== true) reject(cannotStart(call.folder, cause))
    })
    child.on('close', (exitCode) => {
      resolve({
        exitCode: exitCode ?? 128,
        stdout: Buffer.concat(stdout),
        stderr: Buffer.concat(stderr).toString(),
      })
    })
    // git may end before it has read everything; what it says about that is in its exit code.
    child.stdin.on('error', () => undefined)
    child.stdin.end(input)
  })
}

/** Runs git where only success will do. `operation` says in words what for. */
export async function runGitOrThrow(call: GitCall, operation: string): Promise<Buffer> {
  const result = await runGit(call)
  if (result.exitCode === 0) return result.stdout
  throw gitFailed(call.args[0] ?? '', result, operation)
}

/** Git ended where it should not have. */
export function gitFailed(
  command: string,
  { exitCode, stderr }: Pick<GitResult, 'exitCode' | 'stderr'>,
  operation: string,
): EnvironmentError {
  return new EnvironmentError({
    adapter: 'git',
    operation,
    message: `git ${command} ended with ${exitCode}: ${lastLine(stderr)}`,
    retryable: false,
  })
}

/** The part of git's complaint that says most. */
export function lastLine(stderr: string): string {
  const lines = stderr.split('\n').filter((line) => line.trim() !== '')
  return (lines.find((line) => line.startsWith('fatal: ')) ?? lines.at(-1) ?? 'no message').replace(
    /^fatal: /,
    '',
  )
}

export function cannotStart(folder: string, cause: NodeJS.ErrnoException): EnvironmentError {
  return new EnvironmentError({
    adapter: 'git',
    operation: `run git in ${folder}`,
    message:
      cause.code === 'ENOENT'
        ? `git or the folder ${folder} was not found`
        : `git could not be started: ${cause.message}`,
    retryable: false,
    hint: 'install git (2.34 or newer) and see that the folder exists',
    cause,
  })
}
