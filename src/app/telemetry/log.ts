import { pino, type DestinationStream, type Logger } from 'pino'
import type { LogLevel } from '../settings.ts'
import type { Log } from '../types.ts'
import { isTellingName, redactedValue, type Redaction } from './redaction.ts'

export interface LogOptions {
  readonly level: LogLevel
  readonly redaction: Redaction
  /** Takes a line at a time. */
  readonly destination: DestinationStream
}

type Fields = Readonly<Record<string, unknown>>

/** One line of JSON for each event. What is redacted is taken out of the whole line, wherever in it it may be. */
export function createLog({ level, redaction, destination }: LogOptions): Log {
  const logger = pino(
    {
      level,
      base: null,
      messageKey: 'event',
      timestamp: pino.stdTimeFunctions.isoTime,
      formatters: { level: (label) => ({ level: label }) },
    },
    { write: (line: string) => void destination.write(redaction.redact(line)) },
  )
  return toLog(logger)
}

function toLog(logger: Logger): Log {
  const write =
    (level: LogLevel) =>
    (event: string, fields: Fields = {}): void => {
      if (logger.isLevelEnabled(level)) logger[level](toLoggable(fields) as object, event)
    }
  return {
    ...{ debug: write('debug'), info: write('info'), warn: write('warn'), error: write('error') },
    with: (fields) => toLog(logger.child(toLoggable(fields) as Record<string, unknown>)),
  }
}

/** How much of a value is worth a line: deeper, longer and wider is cut. */
const limits = { depth: 6, entries: 50, characters: 4000 } as const

/** Fields of errors that say more than their text. */
const errorFields = ['code', 'status', 'reason', 'adapter', 'operation', 'retryable', 'permission', 'hint']

/** A copy that has nothing but JSON in it, with errors in full. Getters and cycles of what is logged do no harm. */
function toLoggable(value: unknown, depth = 0): unknown {
  if (typeof value === 'string') return cut(value)
  if (typeof value === 'bigint' || typeof value === 'symbol') return String(value)
  if (typeof value === 'function') return undefined
  if (typeof value !== 'object' || value === null) return value
  if (depth >= limits.depth) return '…'
  if (value instanceof Error) return errorToLoggable(value, depth)
  if (Array.isArray(value)) return value.slice(0, limits.entries).map((one) => toLoggable(one, depth + 1))
  if (value instanceof Map) return toLoggable(Object.fromEntries(value), depth)
  const entries = Object.entries(value).slice(0, limits.entries)
  return Object.fromEntries(
    entries.map(([name, one]) => [name, isTellingName(name) ? redactedValue : toLoggable(one, depth + 1)]),
  )
}

function errorToLoggable(error: Error, depth: number): unknown {
  const more = errorFields.flatMap((name) => {
    const value: unknown = Reflect.get(error, name)
    return value === undefined ? [] : [[name, toLoggable(value, depth + 1)] as const]
  })
  const inner = error instanceof AggregateError ? error.errors.slice(0, 5) : []
  return {
    type: error.name,
    message: cut(error.message),
    stack: cut(error.stack ?? ''),
    ...Object.fromEntries(more),
    ...(error.cause !== undefined && { cause: toLoggable(error.cause, depth + 1) }),
    ...(inner.length > 0 && { errors: inner.map((one: unknown) => toLoggable(one, depth + 1)) }),
  }
}

function cut(text: string): string {
  return text.length <= limits.characters ? text : `${text.slice(0, limits.characters)}…`
}
