import { diagnostic } from '../diagnostics/diagnostic.ts'
import type { Diagnostic } from '../diagnostics/types.ts'
import type { Need } from './types.ts'

/** `cluster` is absent where the file is about the whole fleet. */
export function badFacts(path: string, cluster: string | undefined, why: string): Diagnostic {
  return diagnostic('observe/bad-facts', {
    message: `${path}: ${why}`,
    ...(cluster === undefined ? { holds: 'all' as const } : { subject: { cluster } }),
    hint: 'Take the file from an earlier commit of the rendered branch, or observe the cluster again.',
  })
}

/** Names what is still unanswered, five at most. */
export function notSettled(needs: readonly Need[], rounds: number): Diagnostic {
  const names = needs.map(({ cluster, query, because }) => {
    const place = [query.namespace, query.name].filter((part) => part !== '').join('/')
    return `${query.kind}${place === '' ? '' : ` ${place}`} of ${cluster} for ${because.join(', ')}`
  })
  const rest = names.length - 5
  const list = [...names.slice(0, 5), ...(rest > 0 ? [`${rest} more`] : [])].join('; ')
  return diagnostic('observe/not-settled', {
    message: `after ${rounds} rounds there is still more to observe: ${list}`,
    hint: 'Look at the intent that asks, or run `fleetwright observe` again if the chain is meant to be that long.',
  })
}
