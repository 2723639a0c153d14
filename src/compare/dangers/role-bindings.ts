import { mapsAt, textAt } from './read-value.ts'

export interface Binding {
  readonly role: { readonly kind: string; readonly name: string }
  readonly subjects: readonly Subject[]
  readonly isClusterWide: boolean
}

export interface Subject {
  readonly kind: string
  readonly namespace?: string
  readonly name: string
}

export function bindingOf(value: unknown): Binding {
  const own = textAt(value, ['metadata', 'namespace'])
  return {
    role: { kind: textAt(value, ['roleRef', 'kind']) ?? '', name: textAt(value, ['roleRef', 'name']) ?? '' },
    subjects: mapsAt(value, ['subjects']).map((subject) => {
      const kind = textAt(subject, ['kind']) ?? ''
      const namespace = kind === 'ServiceAccount' ? (textAt(subject, ['namespace']) ?? own) : undefined
      return { kind, name: textAt(subject, ['name']) ?? '', ...(namespace !== undefined && { namespace }) }
    }),
    isClusterWide: textAt(value, ['kind']) === 'ClusterRoleBinding',
  }
}

/** The API group follows from the kind. */
export function sameSubject(a: Subject, b: Subject): boolean {
  return a.kind === b.kind && a.name === b.name && a.namespace === b.namespace
}

/** `system:masters` and `cluster-admin` may do everything. */
export function isSuperuser({ kind, name }: Binding['role']): boolean {
  return kind === 'ClusterRole' && name === 'cluster-admin'
}

/** Who need not say who they are, and all who say it, service accounts of any pod included. */
export function isEverybody({ name }: Subject): boolean {
  return [
    'system:anonymous',
    'system:unauthenticated',
    'system:authenticated',
    'system:serviceaccounts',
  ].includes(name)
}

/** `ServiceAccount shop/web`, `Group catalog-engineers`. */
export function describeSubject({ kind, namespace, name }: Subject): string {
  return `${kind} ${namespace === undefined ? name : `${namespace}/${name}`}`
}
