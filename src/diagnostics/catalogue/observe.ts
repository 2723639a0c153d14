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
  'observe/not-settled': {
    severity: 'warning',
    holds: 'nothing',
    what: 'Every answer of the clusters raised new questions, up to the bound.',
    why: 'What a profile needs to know may depend on labels, and these on what was observed, and so on. A fleet whose questions have no end is most likely one that goes in circles. What still has no answer is held.',
    example: 'A trigger that generates a trigger for every object that it generates.',
    fix: 'Look at the intent that asks; if the chain is meant, run `fleetwright observe` once more, which goes on from what is recorded.',
  },
})
