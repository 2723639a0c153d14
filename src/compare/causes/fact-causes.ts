import type { FactChange } from '../../observe/observe.ts'
import { managementId } from '../../observe/types.ts'
import type { ChangeCause } from '../types.ts'
import type { KnownSides } from './sides.ts'

/** More than that, nobody reads. */
const mostObjects = 3

/** That the server of the cluster says another version of itself. */
export function versionFacts(cluster: string, { factsOf }: KnownSides): readonly ChangeCause[] {
  return factsOf(cluster).flatMap((found): ChangeCause[] => {
    if (found.change !== 'version' || found.to === undefined) return []
    const was = found.from === undefined ? '' : `, it served ${found.from}`
    const text = `the cluster serves Kubernetes ${found.to}${was}`
    return [{ text, side: 'after', fact: `serves ${shortVersion(found.to, found.from)}` }]
  })
}

/** `1.34`; with the patch where the minor version is the same. */
function shortVersion(version: string, before: string | undefined): string {
  const minor = (text: string): string => /^v?(\d+\.\d+)/.exec(text)?.[1] ?? text
  const isMinor = before === undefined || minor(before) !== minor(version)
  return isMinor ? minor(version) : version.replace(/^v/, '')
}

/** Objects that appeared, went or changed in the cluster or in the management cluster, of those that this intent asks for. */
export function objectFacts(
  cluster: string,
  askers: readonly string[],
  sides: KnownSides,
): readonly ChangeCause[] {
  const found = [cluster, managementId].flatMap((where) =>
    sides
      .factsOf(where)
      .flatMap((change) =>
        isObject(change) && change.because.some((id) => askers.includes(id))
          ? [objectFact(change, where === cluster ? undefined : placeOf(where))]
          : [],
      ),
  )
  const rest = found.length - mostObjects
  if (rest <= 0) return found
  const text = `${rest} more object${rest === 1 ? ' differs' : 's differ'} there`
  return [...found.slice(0, mostObjects), { text, side: 'after' }]
}

type ObjectFact = Extract<FactChange, { readonly object: string }>

function isObject(change: FactChange): change is ObjectFact {
  return 'object' in change
}

function placeOf(cluster: string): string {
  return cluster === managementId ? 'the management cluster' : cluster
}

const sentences = {
  added: (object: string, where: string) => `${object} appeared in ${where}`,
  modified: (object: string, where: string) => `${object} changed in ${where}`,
  deleted: (object: string, where: string) => `${object} is gone from ${where}`,
} as const

/** Of a cluster whose own object it is, and of one that follows what is elsewhere. */
const predicates = {
  added: (object: string, elsewhere = '') =>
    elsewhere === '' ? `has ${object} now` : `sees ${object} in ${elsewhere}`,
  modified: (object: string, elsewhere = '') =>
    elsewhere === '' ? `has another ${object}` : `sees another ${object} in ${elsewhere}`,
  deleted: (object: string, elsewhere = '') =>
    elsewhere === '' ? `has no ${object} any more` : `sees no ${object} in ${elsewhere} any more`,
} as const

/** What became of an object, for a sentence and for a title; `elsewhere` where it is not the cluster that it is said of. */
function objectFact(
  { change, object }: Pick<ObjectFact, 'change' | 'object'>,
  elsewhere?: string,
): ChangeCause {
  const text = sentences[change](object, elsewhere ?? 'the cluster')
  return { text, side: 'after', fact: predicates[change](object, elsewhere) }
}

/**
 * What became of the objects that an event source sees in a cluster: those on one side alone, else those that changed. That
 * the source looks at others is no fact.
 */
export function seenFacts(
  seen: { readonly source: string; readonly cluster: string },
  objects: { readonly before: readonly string[]; readonly after: readonly string[] },
  sides: KnownSides,
): readonly ChangeCause[] {
  const [before, after] = [new Set(objects.before), new Set(objects.after)]
  const isMoved = (object: string): boolean => before.has(object) !== after.has(object)
  const known = sides.factsOf(seen.cluster).filter(isObject)
  const changed = known.filter(({ because }) => because.includes(seen.source))
  // Facts list objects alone; of events it is enough that one came.
  const events = objects.after
    .filter((object) => object.startsWith('CloudEvent ') && isMoved(object))
    .map((object) => ({ change: 'added' as const, object }))
  const moved = [...changed.filter(({ object }) => isMoved(object)), ...events]
  const told = moved.length > 0 ? moved : changed
  return told.slice(0, mostObjects).map((change) => objectFact(change, seen.cluster))
}

/** APIs that a server has on one side alone: charts ask for them. */
export function apiFacts(cluster: string, { factsOf }: KnownSides): readonly ChangeCause[] {
  return factsOf(cluster).flatMap((found): ChangeCause[] => {
    if (found.change !== 'apis') return []
    return [
      ...toldApis(found.added, 'serves', 'now'),
      ...toldApis(found.removed, 'does not serve', 'any more'),
    ]
  })
}

function toldApis(apis: readonly string[], verb: string, end: string): readonly ChangeCause[] {
  const [first, ...others] = apis
  if (first === undefined) return []
  const more = others.length === 0 ? '' : ` and ${others.length} more`
  const fact = `${verb} ${first}${more}${end === 'now' ? '' : ` ${end}`}`
  return [{ text: `the cluster ${verb} ${first}${more} ${end}`, side: 'after', fact }]
}
