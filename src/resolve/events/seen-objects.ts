import { canonicalJson } from '../../kubernetes/exact-json.ts'
import type { JsonObject } from '../../engine/types.ts'
import type { EventSource } from '../../intent/types.ts'
import { compareText } from '../../kubernetes/text-order.ts'
import { evaluateSelection } from '../../lua/lua.ts'
import type { LuaJson } from '../../lua/types.ts'
import type { KnownObject, Knowledge } from '../knowledge.ts'
import type { Asker, Selecting } from '../resources/asker.ts'
import { selectResources, toQuery } from '../resources/select-resources.ts'
import { eventsNotObserved } from '../event-diagnostics.ts'
import { scriptFailed } from '../script-diagnostics.ts'
import { once, runLua } from '../scripts.ts'
import type { Hold } from '../types.ts'

export type SeenObjects =
  | { readonly known: true; readonly objects: readonly KnownObject[] }
  /** The facts do not say, or a script failed, which is reported. */
  | { readonly known: false; readonly hold: Hold }

/**
 * What an event source sees in a cluster (sveltos.md 5.1): the objects that any of its selectors finds, each once, in the
 * order of the selectors, or those of them that its script keeps. Reports once for a source and a cluster.
 */
export function seeObjects(source: EventSource, cluster: string, selecting: Selecting): SeenObjects {
  return once(selecting.scripts, `EventSource/${source.name}`, cluster, () =>
    look(source, cluster, selecting),
  )
}

/** Asks for what an event source sees, so that it is observed, and does no more. */
export function askFor(source: EventSource, cluster: string, knowledge: Knowledge): void {
  const keep = keepOf(source)
  for (const selector of source.resourceSelectors)
    knowledge.ask(cluster, toQuery(selector, { keep }), `EventSource/${source.name}`)
}

/** A script that sees all objects, and templates, see them whole. */
function keepOf({ collectResources, aggregatedSelection }: EventSource): Asker['keep'] {
  return collectResources || aggregatedSelection !== '' ? 'whole' : 'identity'
}

function look(source: EventSource, cluster: string, selecting: Selecting): SeenObjects {
  const { aggregatedSelection, document, resourceSelectors } = source
  const found = new Map<string, KnownObject>()
  for (const [index, selector] of resourceSelectors.entries()) {
    const asker: Asker = {
      id: `EventSource/${source.name}`,
      document,
      path: ['spec', 'resourceSelectors', index],
      keep: keepOf(source),
      runner: 'agent',
      holds: 'unit',
    }
    const selected = selectResources(selector, cluster, asker, selecting)
    if (!selected.known) {
      const { reason, message } = selected
      if (reason === 'facts-missing') selecting.scripts.report(eventsNotObserved(asker, cluster, message))
      return {
        known: false,
        hold: { reason, message: `EventSource/${source.name} in ${cluster}: ${message}` },
      }
    }
    // The order of recorded facts is not the one in which somebody wrote them.
    const sorted = selected.objects
      .map((object) => [identityOf(object), object] as const)
      .sort(([a], [b]) => compareText(a, b))
    for (const [identity, object] of sorted) if (!found.has(identity)) found.set(identity, object)
  }
  const objects = [...found.values()]
  return aggregatedSelection === ''
    ? { known: true, objects }
    : aggregate(source, cluster, objects, selecting)
}

/** The script chooses among all; what it gives back unchanged stays exact. */
function aggregate(
  source: EventSource,
  cluster: string,
  objects: readonly KnownObject[],
  { scripts }: Selecting,
): SeenObjects {
  const script = source.aggregatedSelection
  const outcome = runLua(
    scripts,
    evaluateSelection,
    { text: script, libraries: false },
    {
      text: `[${objects.map(({ json }) => json).join(',')}]`,
      inputs: () => ({
        globals: { resources: objects.map(({ value }) => value as LuaJson) },
        argument: { global: 'resources' },
      }),
    },
  )
  if (!outcome.ok) {
    const id = `EventSource/${source.name}`
    const asker = { id, document: source.document, path: ['spec'], holds: 'unit' as const }
    scripts.report(scriptFailed({ asker, cluster, field: 'aggregatedSelection' }, script, outcome.fault))
    return { known: false, hold: { reason: 'error', message: `a script of ${id} failed in ${cluster}` } }
  }
  const before = new Map(objects.map((object) => [identityOf(object), object]))
  const chosen = outcome.value.resources.map((resource) => {
    const value = resource as JsonObject
    const given: KnownObject = { value, json: canonicalJson(value) }
    const original = before.get(identityOf(given))
    return original && isSameToLua(original.value, value) ? original : given
  })
  return { known: true, objects: [...new Map(chosen.map((object) => [identityOf(object), object])).values()] }
}

/** Lua has no null, no difference between an empty list and an empty table, and no numbers but doubles. */
function isSameToLua(a: unknown, b: unknown): boolean {
  return JSON.stringify(asLua(a)) === JSON.stringify(asLua(b))
}

function asLua(value: unknown): unknown {
  if (Array.isArray(value)) return value.length === 0 ? {} : value.map(asLua)
  if (typeof value !== 'object' || value === null) return value
  return Object.fromEntries(
    Object.entries(value)
      .filter(([, member]) => member !== null)
      .sort(([x], [y]) => (x < y ? -1 : 1))
      .map(([key, member]) => [key, asLua(member)]),
  )
}

function identityOf({ value }: KnownObject): string {
  const { apiVersion, kind, metadata } = value as {
    readonly apiVersion?: string
    readonly kind?: string
    readonly metadata?: { readonly namespace?: string; readonly name?: string }
  }
  return JSON.stringify([apiVersion, kind, metadata?.namespace ?? '', metadata?.name ?? ''])
}
