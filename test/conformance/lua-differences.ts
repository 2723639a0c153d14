/** Where fleetwright's Lua differs from gopher-lua and Sveltos on purpose. */
export interface IntendedDifference {
  readonly reason: string
  /** Oracle cases that show it. */
  readonly cases: readonly string[]
}

export const intendedLuaDifferences: readonly IntendedDifference[] = [
  {
    reason:
      'whole numbers and lists inside lists are kept, where the real code drops them: `args: [80]` arrives as an empty table there (sveltos.md 3.3)',
    cases: [
      'lua-aggregatedselection-0be833bd',
      'lua-aggregatedselection-48c6536c',
      'lua-evaluatehealth-21c694ab',
      'lua-evaluatehealth-eade8c39',
      'lua-expr-534ce5c4',
      'lua-expr-9d280162',
      'lua-validatehealth-ea240015',
    ],
  },
  {
    reason:
      'io and debug are not there: a script of a pull request must not read files or reach into the machine',
    cases: ['lua-expr-c446523d', 'lua-expr-ee42038a'],
  },
]
