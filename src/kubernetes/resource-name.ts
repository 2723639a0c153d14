/** Kinds whose plural follows from nothing. */
const irregular: Readonly<Record<string, string>> = {
  'metrics.k8s.io/NodeMetrics': 'nodes',
  'metrics.k8s.io/PodMetrics': 'pods',
  'security.openshift.io/SecurityContextConstraints': 'securitycontextconstraints',
}

/**
 * Plural name of a kind in URLs and roles, for when no server said it: by the rule of Kubernetes (`UnsafeGuessKindToResource`
 * of apimachinery), but `gateways` and not `gatewaies`, since whoever makes CRDs writes English.
 * @example guessResourceName('networking.k8s.io', 'NetworkPolicy') // 'networkpolicies'
 */
export function guessResourceName(group: string, kind: string): string {
  const known = `${group}/${kind}`
  if (Object.hasOwn(irregular, known)) return irregular[known] ?? ''
  const name = kind.toLowerCase()
  if (name.endsWith('endpoints')) return name
  if (name.endsWith('s')) return `${name}es`
  return /[^aeiou]y$/.test(name) ? `${name.slice(0, -1)}ies` : `${name}s`
}
