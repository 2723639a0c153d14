import { diagnostic } from '../diagnostics/diagnostic.ts'
import type { Diagnostic } from '../diagnostics/types.ts'

/** `cluster` is absent where the file is about the whole fleet. */
export function badFacts(path: string, cluster: string | undefined, why: string): Diagnostic {
  return diagnostic('observe/bad-facts', {
    message: `${path}: ${why}`,
    ...(cluster === undefined ? { holds: 'all' as const } : { subject: { cluster } }),
    hint: 'Take the file from an earlier commit of the rendered branch, or observe the cluster again.',
  })
}
