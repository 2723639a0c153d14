import type { ChangeCause, Side, UnitChange } from '../types.ts'
import { contentCauses } from './content-causes.ts'
import { apiFacts, versionFacts } from './fact-causes.ts'
import { ownerCauses } from './owner-causes.ts'
import { presenceCauses } from './presence-causes.ts'
import { findFacts, toKnownSide, type KnownSides } from './sides.ts'

type Uncaused = Omit<UnitChange, 'causes'>

/**
 * Says why add-ons change, from the plans of both sides and what was written: the nearest cause first, each with the line. It
 * says what is certain and nothing where the plans do not tell. Texts name no cluster, so that those of many fold.
 */
export function createCauseFinder(
  before: Side,
  after: Side,
  changedFiles: readonly string[],
): (change: Uncaused) => readonly ChangeCause[] {
  const sides: KnownSides = {
    before: toKnownSide('before', before),
    after: toKnownSide('after', after),
    changedFiles,
    factsOf: findFacts(before, after),
  }
  return (change) => {
    const causes = causesOf({ ...change, causes: [] }, sides)
    return distinct(causes.length > 0 ? causes : loneFacts(change, sides))
  }
}

function causesOf(change: UnitChange, sides: KnownSides): readonly ChangeCause[] {
  const { cluster, unit } = change
  switch (change.change) {
    case 'gained':
      return presenceCauses(cluster, unit, 'after', sides)
    case 'lost':
      return presenceCauses(cluster, unit, 'before', sides)
    case 'moved':
      return ownerCauses(change, sides)
    case 'changed':
      return contentCauses(change, sides)
  }
}

/** Where the plans do not tell: that the cluster is another one. */
function loneFacts({ cluster }: Uncaused, sides: KnownSides): readonly ChangeCause[] {
  return [...versionFacts(cluster, sides), ...apiFacts(cluster, sides)]
}

function distinct(causes: readonly ChangeCause[]): readonly ChangeCause[] {
  const texts = new Set<string>()
  return causes.filter(({ text, side }) => texts.size !== texts.add(`${side} ${text}`).size)
}
