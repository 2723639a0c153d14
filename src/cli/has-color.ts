import type { Io, Output } from './io.ts'
import type { Options } from './options.ts'

/** Whether texts for this stream are coloured. */
export function hasColor({ color }: Pick<Options, 'color'>, { env }: Io, { isTerminal }: Output): boolean {
  return color === 'always' || (color === 'auto' && isTerminal && (env['NO_COLOR'] ?? '') === '')
}
