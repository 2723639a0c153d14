import { EnvironmentError } from '../../diagnostics/errors.ts'

/** Primary result codes of SQLite, as https://www.sqlite.org/rescode.html has them. */
export const resultCodes = {
  busy: 5,
  locked: 6,
  readonly: 8,
  io: 10,
  corrupt: 11,
  full: 13,
  open: 14,
  notDatabase: 26,
}

/** Undefined where the error is not SQLite's. */
export function resultCode(error: unknown): number | undefined {
  if (!(error instanceof Error) || !('errcode' in error) || typeof error.errcode !== 'number')
    return undefined
  // The upper bits say more about the lower eight.
  return error.errcode & 0xff
}

/** Says of what SQLite reports what to do about it; anything else is passed on as it is. */
export function sqliteFailure(error: unknown, file: string, operation: string): unknown {
  const code = resultCode(error)
  if (code === undefined || !(error instanceof Error)) return error
  return new EnvironmentError({
    ...{ adapter: 'queue', operation, cause: error },
    message: `the queue's file ${file} cannot be used: ${error.message}`,
    retryable: ![resultCodes.corrupt, resultCodes.notDatabase].includes(code),
    hint: hintOf(code, file),
  })
}

function hintOf(code: number, file: string): string {
  switch (code) {
    case resultCodes.corrupt:
    case resultCodes.notDatabase:
      return `${file} is damaged. Move it away with ${file}-wal and ${file}-shm and start again: what is open on GitHub is found again.`
    case resultCodes.readonly:
    case resultCodes.open:
      return `Let the app write to ${file} and to the folder that it is in (FLEETWRIGHT_DATA).`
    case resultCodes.full:
      return `The disk of ${file} is full.`
    case resultCodes.busy:
    case resultCodes.locked:
      return `Another process keeps ${file} locked.`
    default:
      return `Look at the disk of ${file}.`
  }
}
