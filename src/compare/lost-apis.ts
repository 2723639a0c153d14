import { isBuiltInGroup, isServedByDefault } from '../kubernetes/built-in-apis.ts'
import { minorOf } from '../kubernetes/api-versions.ts'
import { groupOf } from '../kubernetes/object-key.ts'
import { compareText } from '../kubernetes/text-order.ts'
import type { ObjectIdentity } from '../render/types.ts'
import type { Upgrade } from './types.ts'

/**
 * Rendered objects of a cluster and two versions of Kubernetes → the APIs that the first serves by default and the second
 * does not, with what uses them; sorted. Custom kinds stay as they are. Empty where a version is none.
 * @example lostApis(objects, 'v1.24.3', 'v1.25.0')
 * // [{ api: 'policy/v1beta1 PodSecurityPolicy', objects: ['PodSecurityPolicy restricted'] }]
 */
export function lostApis(objects: readonly ObjectIdentity[], from: string, to: string): Upgrade['lostApis'] {
  const [now, then] = [minorOf(from), minorOf(to)]
  if (now === undefined || then === undefined) return []
  const lost = objects.filter(
    (object) =>
      isBuiltInGroup(groupOf(object.apiVersion)) &&
      isServedByDefault(object, now) &&
      !isServedByDefault(object, then),
  )
  return [...Map.groupBy(lost, ({ apiVersion, kind }) => `${apiVersion} ${kind}`)]
    .map(([api, users]) => ({ api, objects: [...new Set(users.map(nameOf))].sort(compareText) }))
    .sort((a, b) => compareText(a.api, b.api))
}

function nameOf({ kind, namespace, name }: ObjectIdentity): string {
  return `${kind} ${namespace === undefined ? name : `${namespace}/${name}`}`
}
