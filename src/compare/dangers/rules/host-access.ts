import { findGainedPowers } from '../gained-powers.ts'
import { hostPowersOf } from '../pod-security.ts'
import type { Rule } from '../rule.ts'

/** "Sharing the host namespaces must be disallowed", "HostPath volumes must be forbidden", "HostPorts should be disallowed" (Pod Security Standards, baseline). */
export const hostAccess: Rule = {
  name: 'host-access',
  severity: 'high',
  what: 'A pod reaches its node: its network, processes, memory, files or ports.',
  why: 'On the network of the node no NetworkPolicy holds; with its files or processes a pod can take the node over. High where a pod gains it, medium where the pod is new.',
  example: '  spec:\n+   hostNetwork: true\n    containers:',
  fix: 'Use a Service, a CSI volume or a projected token. Where an agent needs it, keep it in a namespace of its own.',
  looksAt: 'object',
  find: (object) => findGainedPowers(object, hostPowersOf),
}
