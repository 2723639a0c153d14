import type { StateStore } from '../../review/state-store-port.ts'
import type { WorkQueue } from '../../review/work-queue-port.ts'
import { openDatabase, type SqliteDatabase } from './sqlite-database.ts'
import { createSqliteQueue, type SqliteQueueOptions } from './sqlite-queue.ts'
import { createSqliteState } from './sqlite-state.ts'

export interface SqliteWorkOptions extends Partial<SqliteQueueOptions> {
  /** Made when it is not there, with its folder. On a disk of this machine: SQLite's locks do not hold over a network. */
  readonly file: string
}

/** Queue and state in one file. Several processes of one machine may share it. */
export async function createSqliteWork(
  options: SqliteWorkOptions,
): Promise<{ readonly queue: WorkQueue; readonly state: StateStore }> {
  const { file, now = () => Date.now(), leaseMs = 30_000, renewMs = 10_000, pollMs = 500 } = options
  const [ofQueue, ofState] = shareDatabase(await openDatabase(file))
  return {
    queue: createSqliteQueue(ofQueue, { now, leaseMs, renewMs, pollMs }),
    state: createSqliteState(ofState, now),
  }
}

/** Two users of one connection: it ends when both have closed it. */
function shareDatabase(database: SqliteDatabase): readonly [SqliteDatabase, SqliteDatabase] {
  const open = new Set(['queue', 'state'])
  const of = (user: string): SqliteDatabase => ({
    ...database,
    async close() {
      if (open.delete(user) && open.size === 0) await database.close()
    },
  })
  return [of('queue'), of('state')]
}
