import type { CelMap } from '@bufbuild/cel'

/** An object as rules see it under the name `resource`. */
export type CelResource = CelMap

export interface CelFault {
  readonly kind:
    | 'syntax' // it is no CEL
    | 'name' // a variable or function that rules do not have
    | 'value' // it cannot be worked out for this object, or gives no boolean
    | 'limit' // it takes too many steps
  readonly message: string
}

/** Never an exception for a user's rule. */
export type CelOutcome =
  { readonly ok: true; readonly value: boolean } | { readonly ok: false; readonly fault: CelFault }

/** Rules of `evaluateCEL`: CEL's standard library with one variable, `resource`. Compiles each rule once. */
export interface Cel {
  /** What is wrong with a rule whatever object it is asked about. */
  check(rule: string): CelFault | undefined
  evaluate(rule: string, resource: CelResource): CelOutcome
}
