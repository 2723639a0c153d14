import type { JsonObject } from '../engine/types.ts'
import { canonicalJson, isAnswered, isOfQuery, queryKey } from '../observe/observe.ts'
import { managementId, type Answers, type Facts, type Need, type Query } from '../observe/types.ts'
import { withSecretTokens } from '../secrets/token.ts'

/** An observed object. */
export interface KnownObject {
  readonly value: JsonObject
  /** Exact JSON text. */
  readonly json: string
}

/** What the facts say; and a list of all that was asked, which is what observing reads next (decision 26). */
export interface Knowledge {
  /** Objects of the query's kind, place and name, in order of identity; undefined when the facts do not say. */
  ask(cluster: string, query: Query, because: string): readonly KnownObject[] | undefined
  /** Everything asked so far, sorted. */
  needs(): readonly Need[]
}

/** Answers from recorded facts. */
export function createKnowledge(facts: Facts): Knowledge {
  const needs = new Map<string, { need: Omit<Need, 'because'>; because: Set<string> }>()
  const parsed = new Map<string, readonly KnownObject[]>()
  const objectsOf = (cluster: string, answers: Answers): readonly KnownObject[] => {
    const objects = parsed.get(cluster) ?? answers.objects.map(toKnown)
    parsed.set(cluster, objects)
    return objects
  }
  return {
    ask(cluster, query, because) {
      const key = `${cluster}\0${queryKey(query)}`
      const known = needs.get(key) ?? { need: { cluster, query }, because: new Set<string>() }
      needs.set(key, known)
      known.because.add(because)
      const answers = cluster === managementId ? facts.management : facts.clusters.get(cluster)
      if (answers === undefined || !isAnswered(answers, query)) return undefined
      const found = objectsOf(cluster, answers).filter(({ value }) => isOfQuery(value as never, query))
      return query.version === '' ? onePerObject(found) : found
    },
    needs() {
      return [...needs]
        .sort(([a], [b]) => (a < b ? -1 : 1))
        .map(([, { need, because }]) => ({ ...need, because: [...because].sort() }))
    },
  }
}

/** Facts hold fingerprints of Secrets; whoever reads a value gets what may not be rendered (decision 7). */
function toKnown(json: string): KnownObject {
  const value = JSON.parse(json) as JsonObject
  if (value['kind'] !== 'Secret') return { json, value }
  const shown = withSecretTokens(value) as JsonObject
  return { json: canonicalJson(shown), value: shown }
}

/** An object that was asked for in several versions is recorded in each, the one that the server prefers first. */
function onePerObject(objects: readonly KnownObject[]): readonly KnownObject[] {
  const placeOf = ({ value }: KnownObject): string => {
    const { namespace = '', name } = value['metadata'] as { namespace?: string; name: string }
    return `${namespace}/${name}`
  }
  return [...Map.groupBy(objects, placeOf).values()].flatMap(([first]) => first ?? [])
}
