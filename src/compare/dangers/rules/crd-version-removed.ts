import type { ObjectValue } from '../../../kubernetes/object-value.ts'
import { mapsAt, textAt } from '../read-value.ts'
import type { Rule } from '../rule.ts'
import { listed, nameOf } from '../wording.ts'
import { isDefinition } from './crd-removed.ts'

/** "Remove the old version from the CustomResourceDefinition `spec.versions` list" comes after "[e]nsure all clients are fully migrated" and the stored objects are rewritten (Kubernetes, Versions in CustomResourceDefinitions). */
export const crdVersionRemoved: Rule = {
  name: 'crd-version-removed',
  severity: 'high',
  what: 'A CustomResourceDefinition loses a version, or serves it no more.',
  why: 'Whoever reads or writes objects of that version is refused from then on: manifests, controllers, people. While objects are stored in a version that goes, the API server refuses the change.',
  example: '  versions:\n- - name: v1beta1\n-   served: true\n-   storage: false\n  - name: v1',
  fix: 'Move manifests and controllers to a version that stays, rewrite stored objects, and remove the old one from `status.storedVersions` first.',
  looksAt: 'object',
  *find({ change, before, after }) {
    if (!before || !after || change.after === undefined || !isDefinition(change.after)) return
    const [old, now] = [servedVersions(before.value), servedVersions(after.value)]
    const gone = [...old].filter((version) => !now.has(version))
    if (gone.length === 0) return
    const rest = now.size > 0 ? `, it serves ${listed([...now])}` : ''
    yield {
      message: `${nameOf(change.after)} serves version${gone.length > 1 ? 's' : ''} ${listed(gone)} no more${rest}`,
      path: ['spec', 'versions'],
    }
  },
}

function servedVersions(value: unknown): ReadonlySet<string> {
  return new Set(
    versionsOf(value)
      .filter(({ served }) => served !== false)
      .map((version) => textAt(version, ['name']) ?? ''),
  )
}

/** Also those of apiextensions/v1beta1, which may name a single one. */
export function versionsOf(value: unknown): readonly ObjectValue[] {
  const listed = mapsAt(value, ['spec', 'versions'])
  const single = textAt(value, ['spec', 'version'])
  return listed.length > 0 || single === undefined ? listed : [{ name: single }]
}
