import type * as sqlite from 'node:sqlite'
import { EnvironmentError } from '../../diagnostics/errors.ts'

type Sqlite = typeof sqlite

/**
 * The module, without the warning that Node 22 prints when it is loaded: it would stand in the log of each start, and says
 * nothing to an operator. Loaded when it is needed, so that other commands do not pay for it.
 */
export function loadSqlite(): Sqlite {
  const owner = process as { emitWarning: (...args: unknown[]) => void }
  const { emitWarning } = owner
  owner.emitWarning = (...args) => {
    if (!isExperimental(args)) Reflect.apply(emitWarning, process, args)
  }
  try {
    // An import would be loaded, and would warn, before anything here runs.
    const module = process.getBuiltinModule('node:sqlite') as Sqlite | undefined
    if (module) return module
  } finally {
    owner.emitWarning = emitWarning
  }
  throw new EnvironmentError({
    ...{ adapter: 'queue', operation: 'load SQLite', retryable: false },
    message: 'this Node has no SQLite',
    hint: 'Use Node 22.13 or later, or set REDIS_URL.',
  })
}

function isExperimental([, options]: readonly unknown[]): boolean {
  return (
    options === 'ExperimentalWarning' ||
    (typeof options === 'object' &&
      options !== null &&
      'type' in options &&
      options.type === 'ExperimentalWarning')
  )
}
