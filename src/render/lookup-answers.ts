import { parseExactJson, canonicalJson } from '../kubernetes/exact-json.ts'
import { groupOf } from '../kubernetes/object-key.ts'
import type { Lookup } from '../engine/types.ts'
import { isAnswered } from '../observe/observe.ts'
import type { Answers, Query } from '../observe/types.ts'
import { withSecretTokens } from '../secrets/token.ts'

/** What the charts of one cluster find when they look something up. */
export interface LookupAnswers {
  /** Every object that one of these finds, exact JSON texts in the order of the facts; values of Secrets are tokens. */
  find(lookups: readonly Lookup[]): readonly string[]
  /** Whether the facts say what this one finds, be it nothing. */
  has(lookup: Lookup): boolean
  /** What has to be observed for it; undefined where an API server could but find nothing. */
  toQuery(lookup: Lookup): Query | undefined
}

/** `facts` are absent for a cluster that was never observed; `scopes`: `<group>/<Kind>` → namespaced. */
export function createLookupAnswers(
  facts: Answers | undefined,
  scopes: Readonly<Record<string, boolean>>,
): LookupAnswers {
  let known: ReadonlyMap<string, readonly KnownObject[]> | undefined
  const toQuery: LookupAnswers['toQuery'] = ({ apiVersion, kind, namespace, name }) => {
    if (apiVersion === '' || kind === '') return undefined
    const group = groupOf(apiVersion)
    const isNamespaced = scopes[`${group}/${kind}`]
    // An API server is told the namespace of one object, or does not find it; it ignores one for what has none.
    if (isNamespaced === true && name !== '' && namespace === '') return undefined
    const version = apiVersion.slice(apiVersion.indexOf('/') + 1)
    return {
      ...{ group, version, kind, name, labelSelector: '', keep: 'whole' },
      namespace: isNamespaced === false ? '' : namespace,
    }
  }
  return {
    toQuery,
    has(lookup) {
      const query = toQuery(lookup)
      return query === undefined || isAnswered(facts, query)
    },
    find(lookups) {
      if (facts === undefined || lookups.length === 0) return []
      known ??= byKind(facts.objects)
      const kinds = new Set(lookups.map(kindKey))
      return [...kinds]
        .flatMap((kind) => known?.get(kind) ?? [])
        .filter((object) => lookups.some((lookup) => finds(lookup, object)))
        .sort((a, b) => a.position - b.position)
        .map(({ json, kind }) => (kind === 'Secret' ? withoutValues(json) : json))
    },
  }
}

interface KnownObject {
  readonly apiVersion: string
  readonly kind: string
  readonly namespace: string
  readonly name: string
  readonly position: number
  readonly json: string
}

/** Worked out on the first lookup: the charts of most clusters look nothing up, and facts may hold thousands. */
function byKind(objects: readonly string[]): ReadonlyMap<string, readonly KnownObject[]> {
  const rows = objects.map((json, position): KnownObject => {
    const { apiVersion = '', kind = '', metadata } = JSON.parse(json) as Written
    const { namespace = '', name = '' } = metadata ?? {}
    return { apiVersion, kind, namespace, name, position, json }
  })
  return Map.groupBy(rows, kindKey)
}

interface Written {
  readonly apiVersion?: string
  readonly kind?: string
  readonly metadata?: { readonly namespace?: string; readonly name?: string }
}

function kindKey({ apiVersion, kind }: Pick<Lookup, 'apiVersion' | 'kind'>): string {
  return `${apiVersion} ${kind}`
}

/** The rule of the engine's `lookup` (engine/helm/lookup.go): what it would find among all objects is given to it. */
function finds({ apiVersion, kind, namespace, name }: Lookup, object: KnownObject): boolean {
  if (object.apiVersion !== apiVersion || object.kind !== kind) return false
  if (name === '') return namespace === '' || object.namespace === '' || object.namespace === namespace
  return object.name === name && (object.namespace === '' || object.namespace === namespace)
}

/** A chart that copies a Secret's value is refused by the token; what was recorded of the value is no value either. */
function withoutValues(json: string): string {
  return canonicalJson(withSecretTokens(parseExactJson(json) as Readonly<Record<string, unknown>>))
}
