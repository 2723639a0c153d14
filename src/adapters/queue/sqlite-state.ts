import type { StateStore } from '../../review/state-store-port.ts'
import type { SqliteDatabase } from './sqlite-database.ts'
import { sql } from './sqlite-schema.ts'
import { attempt } from './attempt.ts'
import { sortedByKey } from './sorted-by-key.ts'

export function createSqliteState(database: SqliteDatabase, now: () => number): StateStore {
  return {
    get: (key) =>
      attempt(() => {
        const value = database.read(sql.getState, { key })?.['value']
        return typeof value === 'string' ? value : undefined
      }),
    list: (prefix) =>
      attempt(() => {
        const rows = database.readWhile(sql.listState, { prefix }, ({ key }) =>
          String(key).startsWith(prefix),
        )
        return sortedByKey(rows.map(({ key, value }) => [String(key), String(value)]))
      }),
    put: (values) =>
      database.write('keep state', (run) => {
        for (const [key, value] of values)
          if (value === undefined) run.change(sql.dropState, { key })
          else run.change(sql.putState, { key, value })
      }),
    lease: (name, holder, milliseconds) =>
      database.write('take a lease', (run) => {
        if (milliseconds > 0) {
          const until = now() + milliseconds
          return run.change(sql.takeLease, { name, holder, until, now: now() }) > 0
        }
        run.change(sql.giveLeaseBack, { name, holder })
        return run.first(sql.isLeased, { name, now: now() }) === undefined
      }),
    close: () => database.close(),
  }
}
