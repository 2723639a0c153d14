import { readFileSync, readlinkSync } from 'node:fs'

/** Who holds a claim, as other processes of the same machine can look at it. */
interface ProcessIdentity {
  /** Of the kernel that runs: it changes with each boot. */
  readonly boot: string
  /** Of process ids: containers have their own. */
  readonly namespace: string
  readonly pid: number
  /** In ticks since the boot: a process id that is given out again has another one. */
  readonly started: string
}

/** Empty where the system does not tell (it is not Linux): such a process is given up when its lease has run out. */
export function processIdentity(): string {
  try {
    const identity: ProcessIdentity = { ...place(), pid: process.pid, started: startOf(process.pid) }
    return JSON.stringify(identity)
  } catch {
    return ''
  }
}

/**
 * Whether the process is certainly dead. Only asked for processes of this boot and this namespace of ids; of all others, and
 * where anything is unclear, false. Namespaces' numbers are given out again only when all their processes are dead.
 */
export function isDead(identity: string): boolean {
  if (identity === '') return false
  try {
    const { boot, namespace, pid, started } = JSON.parse(identity) as ProcessIdentity
    const here = place()
    if (boot !== here.boot || namespace !== here.namespace) return false
    return !exists(pid) || startOf(pid) !== started
  } catch {
    return false
  }
}

function place(): { readonly boot: string; readonly namespace: string } {
  return {
    boot: readFileSync('/proc/sys/kernel/random/boot_id', 'utf8').trim(),
    namespace: readlinkSync('/proc/self/ns/pid'),
  }
}

/** Signal 0 only asks. Processes that may not be asked, or are hidden under /proc, exist. */
function exists(pid: number): boolean {
  try {
    process.kill(pid, 0)
    return true
  } catch (error) {
    return !(error instanceof Error && 'code' in error && error.code === 'ESRCH')
  }
}

/** Field 22 of /proc/PID/stat; the second, a name in parentheses, may have blanks and parentheses in it. */
function startOf(pid: number): string {
  const stat = readFileSync(`/proc/${pid}/stat`, 'utf8')
  const started = stat.slice(stat.lastIndexOf(')') + 2).split(' ')[19]
  if (started === undefined) throw new Error('the system does not say when the process started')
  return started
}
