import type { Classifier } from '../../intent/types.ts'
import type { ClassifierReason, Hold } from '../types.ts'

/** What one classifier says of one cluster. */
export type Verdict =
  | { readonly known: true; readonly matches: false }
  | { readonly known: true; readonly matches: true; readonly because: readonly ClassifierReason[] }
  | Unknown

/** The facts do not say, or something of the classifier is broken, which was reported. */
export interface Unknown {
  readonly known: false
  readonly reason: Extract<Hold['reason'], 'facts-missing' | 'error'>
  readonly message: string
}

export const noMatch: Verdict = { known: true, matches: false }

/** `Classifier/calico`, `ManagementClusterClassifier/regions`. */
export function classifierId({ kind, name }: Pick<Classifier, 'kind' | 'name'>): string {
  return `${kind}/${name}`
}
