import { branchCodes } from './catalogue/branch.ts'
import { configCodes } from './catalogue/config.ts'
import { engineCodes } from './catalogue/engine.ts'
import { intentCodes } from './catalogue/intent.ts'
import { liveCodes } from './catalogue/live.ts'
import { observeCodes } from './catalogue/observe.ts'
import { renderCodes } from './catalogue/render.ts'
import { reportCodes } from './catalogue/report.ts'
import { resolveCodes } from './catalogue/resolve.ts'
import { sourceCodes } from './catalogue/source.ts'
import { sourcesCodes } from './catalogue/sources.ts'

/** Every diagnostic that fleetwright can give, in the order of the journey. `docs/reference/diagnostics.md` is generated from it. */
export const catalogue = {
  ...sourceCodes,
  ...configCodes,
  ...intentCodes,
  ...observeCodes,
  ...resolveCodes,
  ...sourcesCodes,
  ...engineCodes,
  ...renderCodes,
  ...branchCodes,
  ...liveCodes,
  ...reportCodes,
}

/** Stable, documented, searchable: `intent/unknown-field`. */
export type DiagnosticCode = keyof typeof catalogue
