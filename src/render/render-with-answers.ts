import type { Lookup, Outcome } from '../engine/types.ts'
import { sha256 } from './inputs-digest.ts'
import type { LookupAnswers } from './lookup-answers.ts'
import type { UnitObjects } from './render-unit.ts'

/** An outcome in which every lookup found what the facts hold. */
export interface Answered {
  readonly outcome: Outcome<UnitObjects>
  /** Sorted. */
  readonly looked: readonly Lookup[]
}

/** Lookups that hang on one another are two or three; this many are an attack on our time. */
const mostRounds = 16

/**
 * Renders until a chart asks for nothing that it was not given. What it will look up is not known before, and may hang on
 * what it finds, so it is first given what it found the last time (`expected`, mostly nothing), and again with the
 * answers to what it asked beyond that; nearly all are done at once.
 */
export async function renderWithAnswers(
  answers: LookupAnswers,
  expected: readonly Lookup[],
  renderWith: (objects: readonly string[]) => Promise<Outcome<UnitObjects>>,
): Promise<Answered> {
  let asked = expected
  let objects = answers.find(asked)
  for (let round = 1; ; round++) {
    const outcome = await renderWith(objects)
    const looked = (outcome.ok ? outcome.looked : outcome.fault.looked) ?? []
    asked = [...asked, ...looked]
    const found = answers.find(asked)
    // What is found only grows with what is asked.
    if (found.length === objects.length) return { outcome, looked }
    if (round === mostRounds) return { outcome: tooDeep, looked }
    objects = found
  }
}

const tooDeep: Outcome<UnitObjects> = {
  ok: false,
  fault: {
    kind: 'limit',
    message: `each of its lookups hangs on what the one before it finds, more than ${mostRounds} times over`,
  },
}

/**
 * sha256 over all that the objects of a unit depend on, from `given`, the digest of everything but the answers to its
 * lookups. Complete, because a render is a function of what it is given and of these answers alone: with the same inputs
 * and the same answer to the first lookup it asks the same second one, and so on to the last. Objects that it never
 * asked for do not count, nor do the values of Secrets, of which it sees tokens.
 */
export function answeredDigest(given: string, looked: readonly Lookup[], answers: LookupAnswers): string {
  return looked.length === 0 ? given : sha256(JSON.stringify([given, looked, answers.find(looked)]))
}
