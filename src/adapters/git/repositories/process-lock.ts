import { mkdirSync } from 'node:fs'
import { dirname } from 'node:path'
import { setTimeout as sleep } from 'node:timers/promises'
import { loadSqlite } from '../../queue/load-sqlite.ts'

/** SQLITE_BUSY: somebody else has it. */
const busy = 5

/** How often a lock is asked for that another process has. */
const pollMs = 20

/**
 * A lock on a file that the system takes away from a process when it dies, however it dies; none of Node's own does that,
 * and SQLite's do on every system. Nothing is written, and the file stays behind empty. Undefined when somebody has it.
 */
export function tryLock(file: string): (() => void) | undefined {
  mkdirSync(dirname(file), { recursive: true })
  const { DatabaseSync } = loadSqlite()
  const database = new DatabaseSync(file)
  try {
    database.exec('BEGIN EXCLUSIVE')
    return () => {
      if (database.isOpen) database.close()
    }
  } catch (error) {
    database.close()
    if (error instanceof Error && 'errcode' in error && error.errcode === busy) return undefined
    throw error
  }
}

/** Does something alone, of all processes on this machine. */
export async function withLock<Value>(file: string, work: () => Promise<Value>): Promise<Value> {
  let release = tryLock(file)
  for (; release === undefined; release = tryLock(file)) await sleep(pollMs)
  try {
    return await work()
  } finally {
    release()
  }
}
