import { mkdirSync } from 'node:fs'
import { dirname } from 'node:path'
import type { DatabaseSync, SQLInputValue, SQLOutputValue, StatementSync } from 'node:sqlite'
import { setTimeout as sleep } from 'node:timers/promises'
import { EnvironmentError } from '../../diagnostics/errors.ts'
import { loadSqlite } from './load-sqlite.ts'
import { resultCode, resultCodes, sqliteFailure } from './sqlite-failure.ts'
import { applicationId, connectionSettings, createTables, schemaVersion } from './sqlite-schema.ts'

export type Row = Readonly<Record<string, SQLOutputValue>>
type Parameters = Readonly<Record<string, SQLInputValue>>

export interface SqliteDatabase {
  /** The first row that this gives. Throws EnvironmentError. */
  read(statement: string, parameters?: Parameters): Row | undefined
  /** All rows for as long as `isWanted` holds. */
  readWhile(statement: string, parameters: Parameters, isWanted: (row: Row) => boolean): Row[]
  /**
   * Runs with others of this turn of the event loop in one transaction, so that they share one flush to the disk. All of it
   * happens or nothing, whatever becomes of the others; durable when it resolves. `change` must not wait for anything.
   */
  write<Value>(operation: string, change: (run: Run) => Value): Promise<Value>
  /** A number that is another one after another connection has written. */
  version(): number
  close(): Promise<void>
}

export interface Run {
  first(statement: string, parameters: Parameters): Row | undefined
  all(statement: string, parameters: Parameters): Row[]
  /** How many rows changed. */
  change(statement: string, parameters: Parameters): number
}

interface Pending {
  readonly operation: string
  readonly change: (run: Run) => unknown
  readonly resolve: (value: unknown) => void
  readonly reject: (error: unknown) => void
}

/** Longest time that a write waits for other processes. While it waits the event loop runs, but for the short busy_timeout. */
const patienceMs = 10_000
const busyTimeoutMs = 25

export async function openDatabase(file: string): Promise<SqliteDatabase> {
  const database = await openFile(file)
  const statements = new Map<string, StatementSync>()
  const prepared = (statement: string): StatementSync => {
    const known = statements.get(statement) ?? database.prepare(statement)
    statements.set(statement, known)
    return known
  }
  const run: Run = {
    first: (statement, parameters) => prepared(statement).get(parameters),
    all: (statement, parameters) => prepared(statement).all(parameters),
    change: (statement, parameters) => Number(prepared(statement).run(parameters).changes),
  }
  const reading = <Value>(read: () => Value): Value => {
    try {
      return read()
    } catch (error) {
      throw sqliteFailure(error, file, 'read the queue')
    }
  }
  const writes = createWrites(database, run, file)
  return {
    read: (statement, parameters = {}) => reading(() => run.first(statement, parameters)),
    readWhile: (statement, parameters, isWanted) =>
      reading(() => {
        const rows: Row[] = []
        for (const row of prepared(statement).iterate(parameters)) {
          if (!isWanted(row)) break
          rows.push(row)
        }
        return rows
      }),
    write: writes.write,
    version: () => Number(reading(() => run.first('PRAGMA data_version', {}))?.['data_version']),
    async close() {
      await writes.end()
      statements.clear()
      database.close()
    },
  }
}

/** Writes of one turn of the event loop, in one transaction. */
function createWrites(
  database: DatabaseSync,
  run: Run,
  file: string,
): { write: SqliteDatabase['write']; end: () => Promise<void> } {
  let pending: Pending[] = []
  let flushing: Promise<void> | undefined
  let isEnded = false
  const flushAll = async (): Promise<void> => {
    await new Promise((resolve) => setImmediate(resolve))
    while (pending.length > 0) {
      const batch = pending
      pending = []
      try {
        await begin(database)
      } catch (error) {
        for (const { operation, reject } of batch) reject(sqliteFailure(error, file, operation))
        continue
      }
      // What came while another process was waited for is taken along.
      batch.push(...pending)
      pending = []
      commit(database, run, { batch, file })
    }
    flushing = undefined
  }
  return {
    write<Value>(operation: string, change: (run: Run) => Value): Promise<Value> {
      if (isEnded) return Promise.reject(closed(operation))
      return new Promise<Value>((resolve, reject) => {
        pending.push({ operation, change, resolve: resolve as (value: unknown) => void, reject })
        flushing ??= flushAll()
      })
    },
    async end() {
      isEnded = true
      await flushing
    },
  }
}

function closed(operation: string): EnvironmentError {
  return new EnvironmentError({
    ...{ adapter: 'queue', operation, message: 'the queue is closed', retryable: false },
  })
}

async function begin(database: DatabaseSync): Promise<void> {
  const start = performance.now()
  for (;;) {
    try {
      database.exec('BEGIN IMMEDIATE')
      return
    } catch (error) {
      if (resultCode(error) !== resultCodes.busy || performance.now() - start > patienceMs) throw error
      await sleep(5)
    }
  }
}

/** One savepoint for each, so that one that fails takes nobody along; one flush for all. */
function commit(
  database: DatabaseSync,
  run: Run,
  { batch, file }: { readonly batch: readonly Pending[]; readonly file: string },
): void {
  const settle: (() => void)[] = []
  try {
    for (const { operation, change, resolve, reject } of batch) {
      database.exec('SAVEPOINT one')
      try {
        const value = change(run)
        settle.push(() => {
          resolve(value)
        })
      } catch (error) {
        settle.push(() => {
          reject(sqliteFailure(error, file, operation))
        })
        // Fails where SQLite has rolled everything back by itself, as it does when the disk is full.
        database.exec('ROLLBACK TO one')
      }
      database.exec('RELEASE one')
    }
    database.exec('COMMIT')
  } catch (error) {
    tryRollback(database)
    for (const { operation, reject } of batch) reject(sqliteFailure(error, file, operation))
    return
  }
  for (const one of settle) one()
}

function tryRollback(database: DatabaseSync): void {
  try {
    database.exec('ROLLBACK')
  } catch {
    // Nothing was open any more.
  }
}

async function openFile(file: string): Promise<DatabaseSync> {
  const operation = 'open the queue'
  const { DatabaseSync } = loadSqlite()
  let database: DatabaseSync | undefined
  try {
    mkdirSync(dirname(file), { recursive: true })
    database = new DatabaseSync(file, { timeout: 5000 })
    database.exec(connectionSettings)
    await begin(database)
    prepareTables(database, file)
    database.exec('COMMIT')
    database.exec(`PRAGMA busy_timeout = ${busyTimeoutMs}`)
    return database
  } catch (error) {
    database?.close()
    if (error instanceof Error && 'syscall' in error) {
      throw new EnvironmentError({
        ...{ adapter: 'queue', operation, retryable: false, cause: error },
        message: `the folder of the queue's file ${file} cannot be made: ${error.message}`,
        hint: `Let the app write to ${file} and to the folder that it is in (FLEETWRIGHT_DATA).`,
      })
    }
    throw sqliteFailure(error, file, operation)
  }
}

function prepareTables(database: DatabaseSync, file: string): void {
  const number = (pragma: string): number => Number(database.prepare(`PRAGMA ${pragma}`).get()?.[pragma] ?? 0)
  const refuse = (message: string, hint: string): never => {
    throw new EnvironmentError({
      ...{ adapter: 'queue', operation: 'open the queue', message, hint, retryable: false },
    })
  }
  const version = number('user_version')
  const isEmpty = database.prepare('SELECT 1 FROM sqlite_schema LIMIT 1').get() === undefined
  if (!isEmpty && number('application_id') !== applicationId)
    refuse(`${file} is a database of something else`, `Name another folder in FLEETWRIGHT_DATA.`)
  if (version > schemaVersion)
    refuse(
      `${file} was written by a newer fleetwright: it has schema version ${version}, and this one knows ${schemaVersion}`,
      `Run the newer version again, or move ${file} away.`,
    )
  const damage = database.prepare('PRAGMA quick_check(1)').get()?.['quick_check']
  if (damage !== 'ok')
    refuse(
      `${file} is damaged: ${String(damage)}`,
      `Move ${file} away with ${file}-wal and ${file}-shm and start again: what is open on GitHub is found again.`,
    )
  database.exec(createTables)
  database.exec(`PRAGMA application_id = ${applicationId}; PRAGMA user_version = ${schemaVersion};`)
}
