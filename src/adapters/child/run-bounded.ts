import { spawn, type ChildProcessWithoutNullStreams } from 'node:child_process'
import type { Readable } from 'node:stream'
import { EnvironmentError } from '../../diagnostics/errors.ts'
import { processTreeMemory } from './process-memory.ts'

export interface Bounds {
  /** Absent: it goes on until the signal is aborted. */
  readonly timeLimitMs?: number
  /** Of the process and those that it starts; watched where the system tells. */
  readonly memoryLimitBytes: number
  readonly maxOutputBytes: number
}

export interface Program {
  readonly file: string
  readonly args: readonly string[]
  readonly folder: string
  /** All of it. */
  readonly env: Readonly<Record<string, string>>
}

export interface BoundedRun {
  readonly bounds: Bounds
  readonly signal: AbortSignal
  /** True when the line is no part of what is kept. */
  readonly onErrorLine: (line: string) => boolean
  /** Gets standard output as it comes, of which nothing is kept then. */
  readonly onLine?: (line: string) => void
}

/** A program in a process group of its own, whose standard input ends when this process does, however it does. */
export interface StartedProgram {
  readonly file: string
  readonly child: ChildProcessWithoutNullStreams
}

export interface BoundedResult {
  /** 124 for time, 137 for memory and for too much output; 128 and its number for another signal. */
  readonly exitCode: number
  readonly stdout: string
  /** The end of it. */
  readonly stderr: string
  readonly durationMs: number
  /** It was ended by a signal of somebody else: of a person, or of a system that ran out of memory. */
  readonly isKilled?: true
}

/** What is said when a bound was met, behind what the process said. */
interface Stop {
  readonly exitCode: number
  readonly why: string
}

/** Between asking a process to end and ending it. */
const graceMs = 3000
/** How long output may be on its way when the process is gone; somebody else may hold the other end. */
const drainMs = 1000
const memoryPollMs = 200
const maxErrorBytes = 64 * 1024

/** Runs a program within bounds, as `runStarted` does. Throws EnvironmentError when it cannot be started. */
export function runBounded(call: Program & BoundedRun): Promise<BoundedResult> {
  const { signal } = call
  return signal.aborted ? Promise.reject(signal.reason as Error) : runStarted(startProgram(call), call)
}

/** Starts a program behind those that answer webhooks. That it cannot be started is said where it is run. */
export function startProgram({ file, args, folder, env }: Program): StartedProgram {
  const [program = file, ...words] = [...(process.platform === 'win32' ? [] : stepBack), file, ...args]
  const child = spawn(program, words, {
    ...{ cwd: folder, env, stdio: ['pipe', 'pipe', 'pipe'], windowsHide: true },
    // A group of its own, so that what it starts ends with it.
    detached: process.platform !== 'win32',
  })
  child.stdin.on('error', () => undefined)
  child.on('error', () => undefined)
  return { file, child }
}

/** Ends a program and what it has started, at once. */
export function endProgram({ child }: StartedProgram): void {
  createGroup(child).kill()
}

/**
 * Bounds what a program does from now on until it ends. It is told to end when the signal is aborted, which rejects with the
 * signal's reason once it has ended. Throws EnvironmentError when it could not be started.
 */
export function runStarted({ file, child }: StartedProgram, call: BoundedRun): Promise<BoundedResult> {
  const { bounds, signal } = call
  const startedAt = performance.now()
  let stop: Stop | undefined
  const group = createGroup(child)
  const stopFor = (reason: Stop): void => {
    stop ??= reason
    group.end()
  }
  const said = collectOutput(child, call, () => {
    stopFor({ exitCode: 137, why: `printed more than ${inMebibytes(bounds.maxOutputBytes)}` })
  })
  const forget = watchBounds(child, bounds, stopFor)
  const onAbort = (): void => {
    group.end()
  }
  signal.addEventListener('abort', onAbort, { once: true })
  return new Promise<BoundedResult>((resolve, reject) => {
    const settle = (work: () => void): void => {
      forget()
      signal.removeEventListener('abort', onAbort)
      work()
    }
    child.on('error', (cause) => {
      if (child.pid === undefined)
        settle(() => {
          reject(cannotStart(file, cause))
        })
    })
    child.on('exit', () => {
      // Whoever is left of the group would hold its pipes, its memory and its time.
      group.kill()
      setTimeout(() => {
        child.stdout.destroy()
        child.stderr.destroy()
      }, drainMs).unref()
    })
    child.on('close', (code, killedBy) => {
      settle(() => {
        if (signal.aborted) reject(signal.reason as Error)
        else
          resolve({
            ...toResult(said(), stop, code ?? codeOf(killedBy)),
            ...(stop === undefined && isForeign(killedBy) && { isKilled: true as const }),
            durationMs: performance.now() - startedAt,
          })
      })
    })
  })
}

/** Asks all of a group to end, and sees to it. */
function createGroup(child: ChildProcessWithoutNullStreams): { end(): void; kill(): void } {
  const send = (name: 'SIGTERM' | 'SIGKILL'): void => {
    if (child.pid === undefined) return
    try {
      if (process.platform === 'win32') child.kill(name)
      else process.kill(-child.pid, name)
    } catch {
      // Nobody is left of it.
    }
  }
  let isEnding = false
  return {
    end() {
      if (isEnding) return
      isEnding = true
      send('SIGTERM')
      const timer = setTimeout(() => {
        send('SIGKILL')
      }, graceMs)
      child.once('exit', () => {
        clearTimeout(timer)
      })
    },
    kill: () => {
      send('SIGKILL')
    },
  }
}

function watchBounds(
  child: ChildProcessWithoutNullStreams,
  { timeLimitMs, memoryLimitBytes }: Bounds,
  stopFor: (stop: Stop) => void,
): () => void {
  const time =
    timeLimitMs === undefined
      ? undefined
      : setTimeout(() => {
          stopFor({ exitCode: 124, why: `did not end within ${timeLimitMs / 1000} s` })
        }, timeLimitMs)
  let isOver = false
  const watch = async (): Promise<void> => {
    const bytes = child.pid === undefined ? undefined : await processTreeMemory(child.pid)
    if (isOver || bytes === undefined) return
    if (bytes > memoryLimitBytes) {
      stopFor({ exitCode: 137, why: `took more than ${inMebibytes(memoryLimitBytes)} of memory` })
      // It would take more while it is asked.
      child.kill('SIGKILL')
    } else memory = setTimeout(() => void watch(), memoryPollMs)
  }
  let memory = setTimeout(() => void watch(), memoryPollMs)
  return () => {
    isOver = true
    clearTimeout(time)
    clearTimeout(memory)
  }
}

interface Said {
  readonly stdout: string
  readonly stderr: string
}

function collectOutput(
  { stdout, stderr }: ChildProcessWithoutNullStreams,
  { bounds, onErrorLine, onLine }: BoundedRun,
  onTooMuch: () => void,
): () => Said {
  const chunks: Buffer[] = []
  let size = 0
  const collect = (chunk: Buffer): void => {
    size += chunk.length
    if (size > bounds.maxOutputBytes) onTooMuch()
    else chunks.push(chunk)
  }
  if (onLine === undefined) stdout.on('data', collect)
  else readLines(stdout, onLine)
  let kept = ''
  const keep = (text: string): void => {
    kept = (kept + text).slice(-maxErrorBytes)
  }
  const begun = readLines(stderr, (line) => {
    if (!onErrorLine(line)) keep(`${line}\n`)
  })
  return () => ({ stdout: Buffer.concat(chunks).toString(), stderr: kept + begun() })
}

/** Line by line, as they end; one that does not end in parts. Gives what of a line has come so far. */
function readLines(stream: Readable, onLine: (line: string) => void): () => string {
  let line = ''
  stream.setEncoding('utf8').on('data', (text: string) => {
    const lines = (line + text).split('\n')
    line = lines.pop() ?? ''
    lines.forEach(onLine)
    if (line.length > maxErrorBytes) {
      onLine(line)
      line = ''
    }
  })
  return () => line
}

function toResult(
  { stdout, stderr }: Said,
  stop: Stop | undefined,
  code: number,
): Omit<BoundedResult, 'durationMs'> {
  if (stop === undefined) return { exitCode: code, stdout, stderr }
  const gap = stderr === '' || stderr.endsWith('\n') ? '' : '\n'
  return { exitCode: stop.exitCode, stdout, stderr: `${stderr}${gap}stopped: ${stop.why}\n` }
}

/** Not of its own fault: V8 ends a process by SIGABRT, and a broken program by others. */
function isForeign(signal: NodeJS.Signals | null): boolean {
  return signal === 'SIGKILL' || signal === 'SIGTERM' || signal === 'SIGINT' || signal === 'SIGHUP'
}

/** Numbers are those of Linux. V8 ends a process by SIGABRT where its heap is full. */
function codeOf(signal: NodeJS.Signals | null): number {
  const numbers: Partial<Record<NodeJS.Signals, number>> = {
    SIGHUP: 1,
    SIGINT: 2,
    SIGABRT: 9,
    SIGKILL: 9,
    SIGTERM: 15,
  }
  return 128 + ((signal === null ? undefined : numbers[signal]) ?? 0)
}

function inMebibytes(bytes: number): string {
  return `${Math.round(bytes / 2 ** 20)} MiB`
}

function cannotStart(file: string, cause: unknown): EnvironmentError {
  return new EnvironmentError({
    ...{ adapter: 'child', operation: `run ${file}`, retryable: true, cause },
    message: `${file} could not be started`,
    hint: 'see that there is memory and that processes may be started',
  })
}

/**
 * Webhooks have seconds to be answered in, and compiles may take all cores. A priority belongs to threads: given once the process
 * runs, it would miss those that V8 started first.
 */
const stepBack = ['nice', '-n', '10'] as const
