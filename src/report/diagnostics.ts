import { diagnostic } from '../diagnostics/diagnostic.ts'
import type { Diagnostic } from '../diagnostics/types.ts'

export function templateUnusable(template: string, reason: string): Diagnostic {
  return diagnostic('report/template-unusable', {
    message: `the template ${template} of the repository was not used: ${reason}`,
    hint: 'correct it in `.fleetwright/templates/` of the base branch, from which templates are read',
  })
}
