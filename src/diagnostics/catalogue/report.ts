import { entries } from '../catalogue-entry.ts'

export const reportCodes = entries({
  'report/template-unusable': {
    severity: 'warning',
    holds: 'nothing',
    what: 'A template of the repository was not used, and those of fleetwright were.',
    why: 'It cannot be parsed, asks for a value that there is not, or gives more than a comment may hold even where everything is summarised; a report that is missing would be worse than one in other words.',
    example: '.fleetwright/templates/footer.md.hbs: "{{#if link}}{{link}}"',
    fix: 'Compare it with the template of the same name in the package, and see docs/templates.md for the values and helpers.',
  },
})
