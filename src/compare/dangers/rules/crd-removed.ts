import { groupOf } from '../../../kubernetes/object-key.ts'
import { isRemoved } from '../removal.ts'
import type { Rule } from '../rule.ts'
import { nameOf } from '../wording.ts'
import { isEmptied } from './cluster-emptied.ts'

/** "When you delete a CustomResourceDefinition, the server will […] delete all custom objects stored in it" (Kubernetes, CustomResourceDefinitions). */
export const crdRemoved: Rule = {
  name: 'crd-removed',
  severity: 'high',
  what: 'A CustomResourceDefinition is no longer in the tree.',
  why: 'Deleting a CustomResourceDefinition deletes every object of its kind, whoever made it. Delivery never prunes one, but an API that nobody delivers is not updated, and the next who tidies up deletes the objects.',
  example: '  values:\n-   installCRDs: true\n+   installCRDs: false',
  fix: 'Keep it while an object of its kind is left. Move it to another unit before the one that has it goes.',
  looksAt: 'unit',
  *find({ cluster, objects }) {
    // They stay where they are, and that everything goes says it all.
    if (isEmptied(cluster)) return
    for (const object of objects) {
      const { before } = object.change
      if (!isRemoved(object) || before === undefined || !isDefinition(before)) continue
      const message = `${nameOf(before)} is removed from the tree: whoever deletes it in the cluster deletes every object of its kind`
      yield { message, object: before }
    }
  },
}

export function isDefinition({
  apiVersion,
  kind,
}: {
  readonly apiVersion: string
  readonly kind: string
}): boolean {
  return kind === 'CustomResourceDefinition' && groupOf(apiVersion) === 'apiextensions.k8s.io'
}
