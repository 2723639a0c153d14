import { groupOf } from '../../kubernetes/object-key.ts'
import { compareText } from '../../kubernetes/text-order.ts'
import type { SideObject } from '../types.ts'
import { likeness, partsOf, type Parts } from './likeness.ts'

export interface Renamed {
  readonly before: SideObject
  readonly after: SideObject
}

/** Finds, among objects of one unit that went and that came, those that only changed their name. Each is in one pair at most. */
export type RenameFinder = (gone: readonly SideObject[], come: readonly SideObject[]) => readonly Renamed[]

/** What holds state, or everything in it, is another one under another name: the old one goes with what it holds. */
const neverRenamed = new Set([
  'Namespace',
  'CustomResourceDefinition',
  'PersistentVolume',
  'PersistentVolumeClaim',
  'StatefulSet',
])

/** Objects with less in common may be alike by chance. */
const leastCommon = 3
const leastShare = 0.75
/** Pairs of one kind and namespace beyond which only names are compared. */
const mostPairs = 2500

/**
 * Finds renamed objects by name without the hash that Kustomize or a chart appends, then by content. What an object consists
 * of is worked out once for each digest, however many clusters have it.
 */
export function createRenameFinder(): RenameFinder {
  const known = new Map<string, Parts>()
  const partsFor = ({ digest, name, value }: SideObject): Parts => {
    const key = `${digest} ${name}`
    const parts = known.get(key) ?? partsOf(value, name)
    known.set(key, parts)
    return parts
  }
  return (gone, come) => {
    if (gone.length === 0 || come.length === 0) return []
    const byKind = groupByKind(come)
    return [...groupByKind(gone)].flatMap(([kind, before]) => {
      const after = byKind.get(kind)
      return after ? pairUp(candidates(before, after, partsFor)) : []
    })
  }
}

function groupByKind(objects: readonly SideObject[]): ReadonlyMap<string, readonly SideObject[]> {
  const able = objects.filter(({ kind }) => !neverRenamed.has(kind))
  return Map.groupBy(
    able,
    ({ apiVersion, kind, namespace = '' }) => `${groupOf(apiVersion)}/${kind}/${namespace}`,
  )
}

interface Candidate extends Renamed {
  readonly hasStem: boolean
  readonly share: number
}

function candidates(
  gone: readonly SideObject[],
  come: readonly SideObject[],
  partsFor: (object: SideObject) => Parts,
): readonly Candidate[] {
  const isMany = gone.length * come.length > mostPairs
  const byStem = Map.groupBy(come, ({ name }) => stemOf(name))
  return gone.flatMap((before) => {
    const sameStem = byStem.get(stemOf(before.name)) ?? []
    // Many objects of one stem differ by a hash as well, and comparing all with all would take long.
    const nearest = isMany ? sameStem.slice(0, 1) : sameStem
    return (isMany ? nearest : come).flatMap((after) => {
      const hasStem = nearest.includes(after)
      const { common, share } = likeness(partsFor(before), partsFor(after))
      return hasStem || (common >= leastCommon && share >= leastShare)
        ? [{ before, after, hasStem, share }]
        : []
    })
  })
}

/** The surest first; whoever is taken is taken. */
function pairUp(candidates: readonly Candidate[]): readonly Renamed[] {
  const taken = new Set<SideObject>()
  return candidates
    .toSorted(
      (a, b) =>
        Number(b.hasStem) - Number(a.hasStem) ||
        b.share - a.share ||
        compareText(a.before.name, b.before.name) ||
        compareText(a.after.name, b.after.name) ||
        compareText(a.before.path, b.before.path) ||
        compareText(a.after.path, b.after.path),
    )
    .flatMap(({ before, after }) => {
      if (taken.has(before) || taken.has(after)) return []
      taken.add(before).add(after)
      return [{ before, after }]
    })
}

/** Kustomize writes a hash in ten characters of an alphabet without vowels and look-alikes; others write hexadecimal digits. */
const hashSuffixes = [
  /-[2456789bcdfghkmt]{10}$/,
  // A letter and a digit at least: neither `-facade` nor `-20240131` is a hash.
  /-(?=[0-9a-f]*[a-f])(?=[0-9a-f]*[0-9])[0-9a-f]{6,64}$/,
]

/** @example stemOf('settings-5f7d8g9h2k') // 'settings' */
export function stemOf(name: string): string {
  const suffix = hashSuffixes.find((pattern) => pattern.test(name))
  return suffix ? name.replace(suffix, '') : name
}
