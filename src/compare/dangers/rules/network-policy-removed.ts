import { guardsNothingLeft, labelSelectorAt } from '../pod-selection.ts'
import { isRemoved, staysBehind } from '../removal.ts'
import type { Rule } from '../rule.ts'
import { nameOf } from '../wording.ts'

const groups = [
  'networking.k8s.io/',
  'policy.networking.k8s.io/',
  'cilium.io/',
  'projectcalico.org/',
  'crd.projectcalico.org/',
]
const kinds =
  /^(?:NetworkPolicy|GlobalNetworkPolicy|CiliumNetworkPolicy|CiliumClusterwideNetworkPolicy|AdminNetworkPolicy|BaselineAdminNetworkPolicy|ClusterNetworkPolicy)$/

/** "By default, a pod is non-isolated […]; all inbound connections are allowed" (Kubernetes, Network Policies). */
export const networkPolicyRemoved: Rule = {
  name: 'network-policy-removed',
  severity: 'high',
  what: 'A network policy goes and the pods that it isolates stay.',
  why: 'A pod that no policy selects accepts every connection and may open any.',
  example: '- components:\n- - ../../components/network-isolation',
  fix: 'Put the policy that replaces it into the same change.',
  looksAt: 'cluster',
  *find(cluster) {
    for (const { change, objects } of cluster.units) {
      for (const object of objects) {
        const { before } = object.change
        if (before === undefined || !isPolicy(before) || !isRemoved(object) || staysBehind(object)) continue
        const selector = labelSelectorAt(object.before?.value, ['spec', 'podSelector'])
        if (guardsNothingLeft(object, selector, cluster)) continue
        const message = `${nameOf(before)} is removed: pods that no other policy selects accept every connection`
        yield { message, unit: change.unit, object: before }
      }
    }
  },
}

function isPolicy({ apiVersion, kind }: { readonly apiVersion: string; readonly kind: string }): boolean {
  return kinds.test(kind) && groups.some((group) => apiVersion.startsWith(group))
}
