import type { MemoryObject, MemoryObjects } from '../../src/adapters/memory/memory-objects.ts'
import { apiVersionOf, toItem, type Form } from './answer-form.ts'
import type { Route } from './route.ts'

/** Answers lists page by page, the later pages as of the version of the first, as etcd does. */
export class Lists {
  private readonly begun = new Map<
    string,
    { readonly items: readonly MemoryObject[]; readonly version: string }
  >()
  private count = 0
  private readonly objects: MemoryObjects

  constructor(objects: MemoryObjects) {
    this.objects = objects
  }

  /** As a compaction: pages after the first of lists that have begun are gone. */
  forget(): void {
    this.begun.clear()
  }

  /** Undefined when the list that it goes on with is forgotten. */
  page(route: Route, { form, isBuiltIn }: { form: Form; isBuiltIn: boolean }): object | undefined {
    const limit = Number(route.query.get('limit') ?? '0') || Number.POSITIVE_INFINITY
    const [id = '', offset = '0'] = (route.query.get('continue') ?? '').split('.')
    const list =
      id === ''
        ? { items: this.objects.select(route.selection), version: `${this.objects.resourceVersion()}` }
        : this.begun.get(id)
    if (list === undefined) return undefined
    const start = Number(offset)
    const items = list.items.slice(start, start + limit)
    const end = start + items.length
    const remaining = list.items.length - end
    const next = remaining > 0 ? `${this.keep(id, list)}.${end}` : ''
    if (remaining === 0) this.begun.delete(id)
    const metadata = {
      resourceVersion: list.version,
      ...(next !== '' && { continue: next, remainingItemCount: remaining }),
    }
    const [kind, apiVersion] =
      form === 'metadata'
        ? ['PartialObjectMetadataList', 'meta.k8s.io/v1']
        : [`${route.served.kind}List`, apiVersionOf(route.served)]
    return {
      kind,
      apiVersion,
      metadata,
      items: items.map((object) => toItem(object, route.served, { form, isBuiltIn })),
    }
  }

  private keep(
    id: string,
    list: { readonly items: readonly MemoryObject[]; readonly version: string },
  ): string {
    if (id !== '') return id
    this.begun.set(`${++this.count}`, list)
    return `${this.count}`
  }
}
