import { groupOf } from '../kubernetes/object-key.ts'
import type { Answers, Query } from './types.ts'

/** Everything of a kind. */
export const everything = {
  namespace: '',
  name: '',
  labelSelector: '',
} as const satisfies Partial<Query>

/** Identity of a query, and its place in sorted lists. */
export function queryKey({ group, version, kind, namespace, name, labelSelector, keep }: Query): string {
  return [group, version, kind, namespace, name, labelSelector, keep].join('\0')
}

/** Whether what was asked includes all that `query` asks for. */
export function covers(asked: Query, query: Query): boolean {
  const includes = (broad: string, narrow: string): boolean => broad === '' || broad === narrow
  return (
    asked.group === query.group &&
    asked.version === query.version &&
    asked.kind === query.kind &&
    includes(asked.namespace, query.namespace) &&
    includes(asked.name, query.name) &&
    includes(asked.labelSelector, query.labelSelector) &&
    (asked.keep === query.keep || (asked.keep === 'whole' && query.keep === 'identity'))
  )
}

/** Whether the recorded answers say all that `query` asks for; what a person wrote is complete. */
export function isAnswered(answers: Answers | undefined, query: Query): boolean {
  if (answers === undefined) return false
  return answers.asked?.some((asked) => covers(asked, query)) ?? true
}

interface Identified {
  readonly apiVersion: string
  readonly kind: string
  readonly metadata: { readonly name: string; readonly namespace?: string }
}

/** Whether an object is of the kind, place and name of a query. Labels are the asker's to compare: the server did it once. */
export function isOfQuery(object: Identified, query: Query): boolean {
  const { apiVersion, kind, metadata } = object
  return (
    kind === query.kind &&
    groupOf(apiVersion) === query.group &&
    (query.version === '' || apiVersion.slice(apiVersion.indexOf('/') + 1) === query.version) &&
    (query.namespace === '' || query.namespace === (metadata.namespace ?? '')) &&
    (query.name === '' || query.name === metadata.name)
  )
}
