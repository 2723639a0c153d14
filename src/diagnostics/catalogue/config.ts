import { entries } from '../catalogue-entry.ts'

export const configCodes = entries({
  'config/unknown-field': {
    severity: 'error',
    holds: 'all',
    what: 'fleetwright.yaml has a setting that does not exist.',
    why: 'A misspelt brake, exclusion or allowance would silently not be there.',
    example: 'spec: { brake: { maxDeletedShare: 5% } }',
    fix: 'Correct the name; docs/reference/configuration.md lists all settings.',
  },
  'config/bad-value': {
    severity: 'error',
    holds: 'all',
    what: 'A setting of fleetwright.yaml is missing, has the wrong type or a value that is not allowed.',
    why: 'Its default would be used instead of what was meant.',
    example: 'spec: { facts: { maxAge: 24 } }',
    fix: 'Write the value in the form that the message names.',
  },
  'config/duplicate-cluster': {
    severity: 'error',
    holds: 'all',
    what: 'Two entries of spec.clusters have the same namespace and name.',
    why: 'Both would be written to one folder of the rendered branch.',
    example: 'clusters: [{ name: prod }, { name: prod }]',
    fix: 'Remove one, or give it another name or namespace.',
  },
  'config/base-broken': {
    severity: 'warning',
    holds: 'nothing',
    what: 'fleetwright.yaml of the base of a change cannot be read, or has errors.',
    why: 'Who may do what is read from the base. Defaults in its place could allow more than it was to: so the last file counts that can be read, and where there is none, nothing is allowed and every deletion stops. This cannot be silenced.',
    example: 'A change to a branch whose fleetwright.yaml has `maxDeletedShare` twice.',
    fix: 'Merge a change that mends the file before all others. The report on it tells what is written after the merge: all that was held meanwhile as well.',
  },
})
