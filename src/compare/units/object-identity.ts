import { objectKey } from '../../kubernetes/object-key.ts'
import { compareText } from '../../kubernetes/text-order.ts'
import type { ObjectChange, ObjectPlace, SideObject } from '../types.ts'

/** Group, kind, namespace and name: the version of an API may move while the object stays. */
export function identityOf({ namespace = '', ...object }: SideObject): string {
  return objectKey({ ...object, namespace })
}

export function placeOf(object: SideObject, unit: string): ObjectPlace {
  const { apiVersion, kind, namespace, name, path, source } = object
  return {
    ...{ apiVersion, kind, name, path, unit },
    ...(namespace !== undefined && { namespace }),
    ...(source !== undefined && { source }),
  }
}

type Placed = Pick<ObjectChange, 'change' | 'before' | 'after' | 'delivery'>

/** What is delivered before what delivers it, then as people look for objects: by kind, namespace and name. */
export function compareChanges(a: Placed, b: Placed): number {
  const [left, right] = [a.after ?? a.before, b.after ?? b.before]
  return (
    Number(a.delivery === true) - Number(b.delivery === true) ||
    compareText(left?.kind ?? '', right?.kind ?? '') ||
    compareText(left?.namespace ?? '', right?.namespace ?? '') ||
    compareText(left?.name ?? '', right?.name ?? '') ||
    compareText(left?.path ?? '', right?.path ?? '') ||
    compareText(a.change, b.change)
  )
}
