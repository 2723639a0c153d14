import type { Rule } from './rule.ts'

/** Every rule, in the order in which dangers of one severity are told. */
export const dangerRules: readonly Rule[] = []
