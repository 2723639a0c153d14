import { findGainedPowers } from '../gained-powers.ts'
import { labelsOf } from '../metadata.ts'
import { processPowersOf } from '../pod-security.ts'
import type { FoundDanger, ObjectInReview, Rule } from '../rule.ts'
import { nameOf } from '../wording.ts'

/** "Privileged Pods disable most security mechanisms and must be disallowed" (Pod Security Standards, baseline). */
export const privileged: Rule = {
  name: 'privileged',
  severity: 'high',
  what: 'A container gains rights on its node, or a Namespace admits pods that have them.',
  why: 'A privileged container is root on its node, and with it on every pod there. Of pods that change, all is told that the standard `restricted` asks for and that is given up: root, privilege escalation, capabilities. Of new pods only what the standard `baseline` forbids, as medium.',
  example: '  securityContext:\n-   allowPrivilegeEscalation: false\n+   privileged: true',
  fix: 'Give the one capability that is missing. Where it must be, keep it in a namespace of its own.',
  looksAt: 'object',
  *find(object) {
    yield* findGainedPowers(object, processPowersOf)
    yield* findLooserNamespace(object)
  },
}

const label = 'pod-security.kubernetes.io/enforce'
const levels = ['privileged', 'baseline', 'restricted']

function* findLooserNamespace({ change, before, after }: ObjectInReview): Generator<FoundDanger> {
  if (change.after?.kind !== 'Namespace' || !before || !after) return
  const [old, now] = [before, after].map(({ value }) => labelsOf(value)[label] ?? 'privileged')
  if (levels.indexOf(now ?? '') >= levels.indexOf(old ?? '')) return
  const message = `${nameOf(change.after)} admits pods by the standard ${now ?? ''} instead of ${old ?? ''}`
  yield { message, path: ['metadata', 'labels', label] }
}
