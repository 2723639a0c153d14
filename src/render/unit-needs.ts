import type { Lookup } from '../engine/types.ts'
import type { ClusterFacts, Need } from '../observe/types.ts'
import type { LookupAnswers } from './lookup-answers.ts'

/** What one unit wants to know of its cluster, answered or not. */
export interface UnitQuestions {
  /** Id of the profile that owns it. */
  readonly profile: string
  readonly looked: readonly Lookup[]
  /** Custom kinds that no unit of the cluster defines, `<group>/<Kind>`. */
  readonly kinds: readonly string[]
}

/** The needs of one unit of a cluster. */
export function needsOf(
  cluster: string,
  { profile, looked, kinds }: UnitQuestions,
  { answers, facts }: { readonly answers: LookupAnswers; readonly facts: ClusterFacts | undefined },
): readonly Need[] {
  const queries = [
    ...looked.flatMap((lookup) => answers.toQuery(lookup) ?? []),
    ...kinds.flatMap((kind) => {
      const name = definitionName(kind, facts)
      return name === undefined ? [] : [{ ...schemaOf, name }]
    }),
  ]
  return queries.map((query) => ({ cluster, query, because: [profile] }))
}

const schemaOf = {
  group: 'apiextensions.k8s.io',
  version: 'v1',
  kind: 'CustomResourceDefinition',
  namespace: '',
  labelSelector: '',
  keep: 'schema',
} as const

/** `<plural>.<group>`; undefined where nobody has seen yet what the cluster serves. */
function definitionName(key: string, facts: ClusterFacts | undefined): string | undefined {
  const served = facts?.resources.find(
    ({ group, kind, name }) => name !== undefined && `${group}/${kind}` === key,
  )
  return served && `${served.name}.${served.group}`
}
