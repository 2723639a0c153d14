import type { LockMove, Pin } from '../sources/types.ts'
import { formatCount } from './names.ts'
import { formatTable } from './table.ts'

/** Pins that moved, from → to. */
export function formatMoves(moves: readonly LockMove[], lockPath: string): string {
  if (moves.length === 0) return `${lockPath} is up to date\n`
  const rows = moves.map(({ key, from, to }) => [key, describe(from, to), describe(to, from)])
  return `${formatTable(['SOURCE', 'FROM', 'TO'], rows)}\n${lockPath}: ${formatCount(moves.length, 'pin')} moved\n`
}

/** The version, and as much of revision or digest as tells it from the other pin. */
function describe(pin: Pin | undefined, other: Pin | undefined): string {
  if (pin === undefined) return '-'
  const { version, revision, digest } = pin
  const exact = (revision ?? digest).replace(/^sha256:/, '').slice(0, 12)
  if (version === '') return exact
  return version === other?.version ? `${version} ${exact}` : version
}
