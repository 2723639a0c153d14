import { entries } from '../catalogue-entry.ts'

export const observeCodes = entries({
  'observe/bad-facts': {
    severity: 'error',
    holds: 'cluster',
    what: 'A file with recorded facts cannot be read.',
    why: 'Facts are written by fleetwright; a file that is malformed was edited or merged by hand. Its cluster stays as it is.',
    example: '.fleetwright/facts/fleet/prod-eu.json with conflict markers',
    fix: 'Take the file from an earlier commit of the rendered branch, or observe the cluster again.',
  },
})
