import fc from 'fast-check'
import { describe, expect, test } from 'vitest'
import { applyFieldChanges } from '../../src/compare/fields/apply-field-changes.ts'
import { compare } from '../../src/compare/compare.ts'
import type { Comparison, ObjectPlace, Side, SideUnit, Totals, UnitChange } from '../../src/compare/types.ts'
import type { JsonObject } from '../../src/engine/types.ts'
import { canonicalJson } from '../../src/kubernetes/exact-json.ts'
import {
  configMap,
  deployment,
  plainOptions,
  toSide,
  type WrittenSide,
  type WrittenUnit,
} from './side-double.ts'

const names = fc.constantFrom(
  ...['web', 'web-eu', 'eu', 'a-us-b', 'settings-5f7d8g9h2k', 'settings-9b2cf4tm6d', 'settings-0a1b2c3d'],
)
const texts = fc.constantFrom('1', '2', 'eu', 'us', 'one\ntwo\nthree\nfour\n', 'one\ntwo\nthree\n')
const data = fc.dictionary(fc.constantFrom('a', 'b', 'eu', 'us', 'c.yaml'), texts, { maxKeys: 4 })

const objects: fc.Arbitrary<JsonObject> = fc.oneof(
  fc.tuple(names, data).map(([name, values]) => configMap(name, values)),
  fc
    .tuple(names, fc.integer({ min: 0, max: 2 }), fc.constantFrom('web-1.0', 'web-1.1'))
    .map(([name, replicas, chart]) => deployment(name, { replicas }, { 'helm.sh/chart': chart })),
  names.map((name) => ({ ...configMap(name, { a: '1' }), apiVersion: 'v1', kind: 'PersistentVolumeClaim' })),
)

const units: fc.Arbitrary<WrittenUnit> = fc.record({
  objects: fc.array(objects, { maxLength: 6 }).map(distinctObjects),
  delivery: fc.subarray([configMap('delivers', { a: '1' })]),
  chart: fc.constantFrom({ name: 'web', version: '1.0' }, { name: 'web', version: '1.1' }),
  settings: fc.record({
    profile: fc.constantFrom('ClusterProfile/web', 'ClusterProfile/eu'),
    local: fc.boolean(),
    inputs: fc.constantFrom('x', 'y'),
  }),
})

/** A tree has one file for an object. */
function distinctObjects(list: readonly JsonObject[]): readonly JsonObject[] {
  const byName = new Map(
    list.map((object) => [
      `${JSON.stringify(object['kind'])} ${(object['metadata'] as { name: string }).name}`,
      object,
    ]),
  )
  return [...byName.values()]
}

const trees: fc.Arbitrary<WrittenSide> = fc.dictionary(
  fc.constantFrom('fleet/eu', 'fleet/us', 'fleet/web', 'north/eu'),
  fc.dictionary(fc.constantFrom('helm-web-web', 'helm-eu-eu', 'policy-a'), units, { maxKeys: 3 }),
  { maxKeys: 4 },
)

/** Two trees that share most of what they hold, as those of two commits do. */
const pairs: fc.Arbitrary<readonly [WrittenSide, WrittenSide]> = fc
  .tuple(trees, trees, fc.infiniteStream(fc.integer({ min: 0, max: 3 })))
  .map(([before, other, choices]) => [before, mixed(before, other, choices)])

function mixed(before: WrittenSide, other: WrittenSide, choices: Iterator<number>): WrittenSide {
  const clusters = new Set([...Object.keys(before), ...Object.keys(other)])
  return Object.fromEntries(
    [...clusters].flatMap((id) => {
      const [was, is] = [before[id] ?? {}, other[id] ?? {}]
      const members = [...new Set([...Object.keys(was), ...Object.keys(is)])].flatMap((name) => {
        const choice = Number(choices.next().value)
        const [old, now] = [was[name], is[name]]
        if (choice === 0) return now ? [[name, now] as const] : []
        if (choice === 1 || !old || !now) return old ? [[name, old] as const] : []
        return [
          [
            name,
            {
              ...old,
              objects: distinctObjects([...(old.objects ?? []), ...(now.objects ?? [])].slice(choice)),
            },
          ] as const,
        ]
      })
      return [[id, Object.fromEntries(members)]]
    }),
  )
}

function run(before: Side, after: Side): Promise<Comparison> {
  return compare(before, after, plainOptions)
}

/** What a tree holds: objects by cluster, unit, place and content. */
function contentOf({ clusters }: Side): readonly string[] {
  return [...clusters]
    .flatMap(([id, cluster]) =>
      [...cluster.units].flatMap(([name, { objects, delivery, settings, chart }]) => [
        `${id} ${name} ${settings.profile} ${String(settings.local)} ${chart?.version ?? ''}`,
        ...[...objects, ...delivery].map(({ value }) => `${id} ${name} ${canonicalJson(value)}`),
      ]),
    )
    .sort()
}

/** The tree that changes make of a tree; a move is told at the unit that gains the object. */
function applyChanges({ clusters }: Side, changes: readonly UnitChange[]): readonly string[] {
  const values = new Map<string, Map<string, Map<string, unknown>>>()
  const summaries = new Map<string, string>()
  const unitOf = (cluster: string, unit: string): Map<string, unknown> => {
    const ofCluster = values.get(cluster) ?? new Map<string, Map<string, unknown>>()
    values.set(cluster, ofCluster)
    const ofUnit = ofCluster.get(unit) ?? new Map<string, unknown>()
    ofCluster.set(unit, ofUnit)
    return ofUnit
  }
  const summarize = (id: string, name: string, { settings, chart }: Pick<SideUnit, 'settings' | 'chart'>) =>
    summaries.set(`${id} ${name}`, `${settings.profile} ${String(settings.local)} ${chart?.version ?? ''}`)
  for (const [id, { units: all }] of clusters)
    for (const [name, unit] of all) {
      summarize(id, name, unit)
      for (const { path, value } of [...unit.objects, ...unit.delivery]) unitOf(id, name).set(path, value)
    }
  const taken = changes.flatMap(({ cluster, objects: list }) =>
    list.map((object) => {
      const { before, value, fields } = object
      const was = before && unitOf(cluster, before.unit).get(before.path)
      if (before) unitOf(cluster, before.unit).delete(before.path)
      return { cluster, after: object.after, is: was === undefined ? value : applyFieldChanges(was, fields) }
    }),
  )
  for (const { cluster, unit, change, after } of changes) {
    if (change === 'lost') summaries.delete(`${cluster} ${unit}`)
    if (after) summarize(cluster, unit, after)
  }
  for (const { cluster, after, is } of taken)
    if (after) unitOf(cluster, after.unit).set(after.path, withName(is, after))
  const contents = [...values].flatMap(([id, ofCluster]) =>
    [...ofCluster].flatMap(([name, ofUnit]) =>
      [...ofUnit.values()].map((value) => `${id} ${name} ${canonicalJson(value)}`),
    ),
  )
  return [...[...summaries].map(([unit, summary]) => `${unit} ${summary}`), ...contents].sort()
}

/** A new name is told by the place. */
function withName(value: unknown, { name }: ObjectPlace): unknown {
  const object = value as JsonObject
  return { ...object, metadata: { ...(object['metadata'] as JsonObject), name } }
}

function shuffled(side: Side): fc.Arbitrary<Side> {
  const mix = <T>(list: readonly T[]): fc.Arbitrary<T[]> =>
    fc.shuffledSubarray([...list], { minLength: list.length })
  const cluster = ([id, { units: all }]: readonly [string, { units: ReadonlyMap<string, SideUnit> }]) =>
    fc
      .tuple(
        ...[...all].map(([name, unit]) =>
          mix(unit.objects).map((list) => [name, { ...unit, objects: list }] as const),
        ),
      )
      .chain(mix)
      .map((list) => [id, { units: new Map(list) }] as const)
  return fc
    .tuple(...[...side.clusters].map(cluster))
    .chain(mix)
    .map((list) => ({ clusters: new Map(list) }))
}

describe('for any two trees', () => {
  test('a tree and itself differ in nothing', async () => {
    await fc.assert(
      fc.asyncProperty(trees, async (tree) => {
        const { changes, folds, dangers } = await run(toSide(tree), toSide(tree))
        // What delivers a unit is read only where it differs; the same on both sides is no change either.
        expect([changes, folds, dangers]).toEqual([[], [], []])
      }),
    )
  })

  test('the changes make the tree after of the tree before', async () => {
    await fc.assert(
      fc.asyncProperty(pairs, async ([before, after]) => {
        const [was, is] = [toSide(before), toSide(after)]
        expect(applyChanges(was, (await run(was, is)).changes)).toEqual(contentOf(is))
      }),
      { numRuns: 300 },
    )
  })

  test('totals are sums over changes and over folds', async () => {
    await fc.assert(
      fc.asyncProperty(pairs, async ([before, after]) => {
        const { changes, folds, totals } = await run(toSide(before), toSide(after))
        expect(totals).toEqual(
          sumOfChanges(changes, new Set([...Object.keys(before), ...Object.keys(after)]).size),
        )
        expect({ ...totals, clusters: undefined }).toEqual({ ...sumOfFolds(folds), clusters: undefined })
      }),
      { numRuns: 300 },
    )
  })

  test('every field of every cluster is in the fold of its object, with its values', async () => {
    await fc.assert(
      fc.asyncProperty(pairs, async ([before, after]) => {
        const { changes, folds } = await run(toSide(before), toSide(after))
        const ofChanges = changes.flatMap(({ cluster, objects: list }) =>
          list.flatMap(({ change, fields }) =>
            fields.map((field) => canonicalJson([cluster, change, field.change, valuesOf(field)])),
          ),
        )
        const ofFolds = folds.flatMap(({ objects: list }) =>
          list
            .filter(({ value }) => value === undefined)
            .flatMap(({ change, fields }) =>
              fields.flatMap((field) =>
                field.values.flatMap((row) =>
                  row.clusters.map((cluster) =>
                    canonicalJson([cluster, change, field.change, valuesOf(row)]),
                  ),
                ),
              ),
            ),
        )
        expect(ofFolds.sort()).toEqual(ofChanges.sort())
      }),
      { numRuns: 300 },
    )
  })

  test('the order of clusters, units and objects does not show', async () => {
    await fc.assert(
      fc.asyncProperty(
        pairs.chain(([before, after]) =>
          fc.tuple(
            ...[fc.constant(toSide(before)), fc.constant(toSide(after))],
            ...[shuffled(toSide(before)), shuffled(toSide(after))],
          ),
        ),
        async ([before, after, mixedBefore, mixedAfter]) => {
          if (!before || !after || !mixedBefore || !mixedAfter) return
          expect(await run(mixedBefore, mixedAfter)).toEqual(await run(before, after))
        },
      ),
    )
  })
})

function valuesOf(of: { readonly before?: unknown; readonly after?: unknown }): readonly unknown[] {
  return ['before' in of ? [of.before] : [], 'after' in of ? [of.after] : []]
}

function sumOfChanges(changes: readonly UnitChange[], all: number): Totals {
  const objectsIn = changes.flatMap((change) => change.objects)
  const units = (kind: string) => changes.filter(({ change }) => change === kind).length
  const count = (kind: string) => objectsIn.filter(({ change }) => change === kind).length
  return {
    clusters: { all, changed: new Set(changes.map(({ cluster }) => cluster)).size },
    units: {
      ...{ gained: units('gained'), lost: units('lost'), changed: units('changed'), moved: units('moved') },
      routine: changes.filter(({ routine }) => routine).length,
    },
    objects: {
      ...{ added: count('added'), removed: count('removed'), changed: count('changed') },
      ...{ renamed: count('renamed'), moved: count('moved') },
      routine: objectsIn.filter(({ change, routine }) => change === 'changed' && routine).length,
    },
  }
}

function sumOfFolds(folds: Comparison['folds']): Omit<Totals, 'clusters'> {
  const sum = (list: readonly { readonly clusters: readonly string[] }[]): number => {
    for (const { clusters } of list) expect(new Set(clusters).size).toBe(clusters.length)
    return list.reduce((total, { clusters }) => total + clusters.length, 0)
  }
  const units = (kind: string) => sum(folds.filter(({ change }) => change === kind))
  const all = folds.flatMap((fold) => fold.objects)
  const count = (kind: string) => sum(all.filter(({ change }) => change === kind))
  return {
    units: {
      ...{ gained: units('gained'), lost: units('lost'), changed: units('changed'), moved: units('moved') },
      routine: sum(folds.filter(({ routine }) => routine)),
    },
    objects: {
      ...{ added: count('added'), removed: count('removed'), changed: count('changed') },
      ...{ renamed: count('renamed'), moved: count('moved') },
      routine: sum(all.filter(({ change, routine }) => change === 'changed' && routine)),
    },
  }
}
