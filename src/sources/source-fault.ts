import type { Diagnostic } from '../diagnostics/types.ts'

/** Ends the work on one source inside this stage; `fetchSources` reports the diagnostic and goes on with the others. */
export class SourceFault extends Error {
  readonly diagnostic: Diagnostic

  constructor(diagnostic: Diagnostic) {
    super(diagnostic.message)
    this.diagnostic = diagnostic
  }
}
