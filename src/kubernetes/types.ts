/** A Kubernetes label selector; null-free and complete. An empty one selects nothing in Sveltos (sveltos.md 1.1). */
export interface LabelSelector {
  readonly matchLabels: Readonly<Record<string, string>>
  readonly matchExpressions: readonly LabelRequirement[]
}

export interface LabelRequirement {
  readonly key: string
  readonly operator: 'In' | 'NotIn' | 'Exists' | 'DoesNotExist'
  readonly values: readonly string[]
}

export interface ObjectReference {
  readonly apiVersion: string
  readonly kind: string
  /** Empty for cluster-scoped objects or where the reader fills it in. */
  readonly namespace: string
  readonly name: string
}
