import { spawn } from 'node:child_process'
import { readFileSync } from 'node:fs'

export interface Measured {
  readonly seconds: number
  /** Largest resident set of the process, bytes; Linux only, else 0. */
  readonly peakBytes: number
  /** What the process itself computed, on all cores: what a busy machine does not change; Linux only, else 0. */
  readonly cpuSeconds: number
  readonly exitCode: number
  readonly stdout: string
  readonly stderr: string
}

/** Runs a command to its end. Peak memory is what the kernel says of the process shortly before it ends. */
export function measure(
  command: string,
  args: readonly string[],
  env: Readonly<Record<string, string>> = {},
): Promise<Measured> {
  return new Promise((resolve, reject) => {
    const started = process.hrtime.bigint()
    const child = spawn(command, [...args], {
      env: { ...process.env, ...env },
      stdio: ['ignore', 'pipe', 'pipe'],
    })
    let stdout = ''
    let stderr = ''
    let peakBytes = 0
    let cpuSeconds = 0
    child.stdout.setEncoding('utf8').on('data', (text: string) => (stdout += text))
    child.stderr.setEncoding('utf8').on('data', (text: string) => (stderr += text))
    const watch = setInterval(() => {
      peakBytes = Math.max(peakBytes, highWater(child.pid))
      cpuSeconds = Math.max(cpuSeconds, computed(child.pid))
    }, 20)
    child.on('error', reject)
    child.on('close', (code) => {
      clearInterval(watch)
      const seconds = Number(process.hrtime.bigint() - started) / 1e9
      resolve({ seconds, peakBytes, cpuSeconds, exitCode: code ?? -1, stdout, stderr })
    })
  })
}

function highWater(pid: number | undefined): number {
  try {
    const [, kilobytes = '0'] =
      /^VmHWM:\s+(\d+) kB$/m.exec(readFileSync(`/proc/${pid ?? 'self'}/status`, 'utf8')) ?? []
    return Number(kilobytes) * 1024
  } catch {
    return 0
  }
}

/** User and system time, which Linux counts in hundredths of a second. */
function computed(pid: number | undefined): number {
  try {
    const text = readFileSync(`/proc/${pid ?? 'self'}/stat`, 'utf8')
    const fields = text.slice(text.lastIndexOf(')') + 2).split(' ')
    return (Number(fields[11]) + Number(fields[12])) / 100
  } catch {
    return 0
  }
}
