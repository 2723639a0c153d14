import type { Engine } from '../engine/types.ts'
import { compareText } from '../kubernetes/text-order.ts'
import { createCauseFinder } from './causes/causes.ts'
import { placeOfUnit } from './causes/places.ts'
import { findDangers } from './dangers/dangers.ts'
import { dangerTexts } from './dangers/rules.ts'
import { createBlank } from './fold/cluster-words.ts'
import { foldChanges } from './fold/fold-units.ts'
import { checkObjects } from './schemas/check-objects.ts'
import { createFleetSchemas, type FleetSchemasInput } from './schemas/fleet-schemas.ts'
import type { Comparison, Danger, ObjectChange, Side, UnitChange } from './types.ts'
import { compareFields, type FieldOptions } from './units/compare-fields.ts'
import { compareImages, unitImages } from './units/images.ts'
import { createChangeMaker } from './units/object-changes.ts'
import { compareChanges } from './units/object-identity.ts'
import { pairObjects, type ObjectPair } from './units/pair-objects.ts'
import { pairUnits, type UnitPair } from './units/pair-units.ts'
import { createRenameFinder } from './units/rename.ts'
import { totalsOf } from './units/totals.ts'
import { toUnitChange } from './units/unit-changes.ts'

export { placeOfUnit } from './causes/places.ts'
export { lostApis } from './lost-apis.ts'
export { dangerTexts } from './dangers/rules.ts'
export { skewDangers } from './dangers/skew-dangers.ts'
export { formatFieldPath } from './fields/field-path.ts'

export interface CompareOptions {
  readonly parseYaml: Engine['parseYaml']
  /** What clusters say of their kinds; without, custom kinds are known from the trees alone. */
  readonly facts?: FleetSchemasInput['facts']
  /** By digest, as facts refer to them. */
  readonly schemas?: FleetSchemasInput['schemas']
  /** Files of the repository in which the sides differ: why a chart or a kustomization in it gives other objects. */
  readonly changedFiles?: readonly string[]
}

/**
 * Two trees and their plans → what the one would make of the other: by cluster, unit, object and field, with causes and
 * dangers, folded over clusters, and true totals. Pure but for the engine, which reads YAML inside of texts; the order of what
 * comes in does not show. Equal trees give nothing; applying the changes of objects to `before` gives `after`. Objects of one
 * digest are one text: what two digests differ in is worked out once, however many clusters have them.
 * @example (await compare(before, after, { parseYaml: engine.parseYaml, facts, schemas })).totals.units.gained // 3
 */
export async function compare(before: Side, after: Side, options: CompareOptions): Promise<Comparison> {
  const { facts = { clusters: new Map() }, schemas: recorded = new Map() } = options
  const schemas = createFleetSchemas({ facts, schemas: recorded, before, after })
  const fieldOptions: FieldOptions = {
    parseYaml: (texts) => options.parseYaml(texts),
    listKeys: (object, cluster) => (path) => schemas.listKeys(object, cluster, path),
  }
  const changes = await compareUnits(before, after, options, fieldOptions)
  const blank = createBlank(before, after)
  const { dangers, ...checked } = checkObjects(changes, { before, after, schemas, placeOfUnit })
  return {
    changes,
    folds: await foldChanges(changes, blank, fieldOptions),
    dangers: [...findDangers(changes, { before, after, placeOfUnit }), ...dangers].sort(byRule),
    totals: totalsOf(changes, [before, after]),
    schemas: checked,
  }
}

const ruleOrder = Object.keys(dangerTexts)

/** As dangers are told; those of one rule stay in their order. */
function byRule(a: Danger, b: Danger): number {
  return compareText(a.severity, b.severity) || ruleOrder.indexOf(a.rule) - ruleOrder.indexOf(b.rule)
}

interface PairedUnit {
  readonly pair: UnitPair
  readonly objects: readonly ObjectPair[]
}

async function compareUnits(
  before: Side,
  after: Side,
  options: CompareOptions,
  fieldOptions: FieldOptions,
): Promise<readonly UnitChange[]> {
  const findRenamed = createRenameFinder()
  const paired = pairUnits(before, after).flatMap((units): PairedUnit[] => {
    const objects = pairObjects(units, findRenamed)
    return units.map((pair) => ({ pair, objects: objects.get(pair.unit) ?? [] }))
  })
  const pairs = paired.flatMap(({ pair: { cluster }, objects }) => objects.map((pair) => ({ cluster, pair })))
  const fieldsOf = await compareFields(pairs, fieldOptions)
  const toChange = createChangeMaker()
  const causesOf = createCauseFinder(before, after, options.changedFiles ?? [])
  return paired.flatMap(({ pair, objects }): UnitChange[] => {
    const changes = objects
      .map((object): ObjectChange => toChange(object, fieldsOf(object)))
      .sort(compareChanges)
    const images = compareImages(unitImages(pair.before), unitImages(pair.after))
    const change = toUnitChange(pair, changes, images)
    return change ? [{ ...change, causes: causesOf(change) }] : []
  })
}
