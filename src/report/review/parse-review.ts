import { z } from 'zod'
import { dangerTexts } from '../../compare/compare.ts'
import type {
  Comparison,
  Danger,
  DangerRule,
  FieldFold,
  ObjectFold,
  UnitFold,
  UnitSummary,
  Upgrade,
} from '../../compare/types.ts'
import type { Brake, BrakeReason, UnitSettings } from '../../branch/types.ts'
import type { PlaceJson } from '../../diagnostics/json.ts'
import type { Span } from '../../diagnostics/types.ts'
import { parseExactJson } from '../../kubernetes/exact-json.ts'
import type { Review, ReviewedDiagnostic } from '../types.ts'
import { parseFieldPath } from './parse-field-path.ts'
import { reviewOutput } from './review-schema.ts'
import { spansOfPlaces } from './written-places.ts'

export type ParsedReview =
  | { readonly ok: true; readonly review: Review }
  /** Why it is no review: a sentence, with text of whoever wrote it. */
  | { readonly ok: false; readonly reason: string }

type Output = z.infer<typeof reviewOutput>
type UnitOutput = Output['changes'][number]
type ObjectOutput = UnitOutput['objects'][number]
type FieldOutput = ObjectOutput['fields'][number]
type DangerOutput = Output['dangers'][number]
type SpanOf = (place: PlaceJson) => Span | undefined

/**
 * What `toReviewOutput` gave, read again from text that anybody may have written: checked by the published schema, unknown
 * fields left out. Enough to be told as Markdown, as a check and as JSON; the page needs what is not folded, which JSON does
 * not hold. Its words are as trustworthy as its writer: printers treat them as such. Pure.
 */
export function parseReview(text: string): ParsedReview {
  try {
    const parsed = reviewOutput.safeParse(parseExactJson(text))
    if (!parsed.success) return { ok: false, reason: z.prettifyError(parsed.error).slice(0, 2000) }
    const unknown = allDangers(parsed.data).find(({ rule }) => !Object.hasOwn(dangerTexts, rule))
    if (unknown)
      return { ok: false, reason: `there is no danger ${JSON.stringify(unknown.rule.slice(0, 100))}` }
    return { ok: true, review: toReview(parsed.data) }
  } catch (error) {
    // No JSON, or nested too deep to be read.
    return { ok: false, reason: String(error).slice(0, 200) }
  }
}

function toReview(output: Output): Review {
  const { upgrades, brake, diagnostics, facts, held, fleet } = output
  const spanOf = spansOfPlaces(allPlaces(output))
  const toDangers = (list: readonly DangerOutput[]): Danger[] =>
    list.map((danger) => toDanger(danger, spanOf))
  const toComparison = ({ totals, schemas, changes, dangers }: UpgradeOutput['follows']): Comparison => ({
    changes: [],
    folds: changes.map((unit) => toUnit(unit, spanOf)),
    dangers: toDangers(dangers),
    ...{ totals, schemas },
  })
  return defined<Review>({
    ...{ baseline: output.baseline, base: output.base, head: output.head },
    comparison: toComparison(output),
    // They stand with those of the comparison.
    dangers: [],
    upgrades: upgrades.map((upgrade): Upgrade => ({
      ...defined<Omit<Upgrade, 'follows' | 'dangers'>>(upgrade),
      follows: toComparison(upgrade.follows),
      dangers: toDangers(upgrade.dangers),
    })),
    brake: brake && toBrake(brake),
    diagnostics: {
      ...diagnostics,
      added: diagnostics.added.map((each) => defined<ReviewedDiagnostic>(each)),
    },
    ...{ held: held.map((each) => defined<Review['held'][number]>(each)) },
    fleet: fleet.map(({ cluster: id, ...rest }) => defined<Review['fleet'][number]>({ id, ...rest })),
    facts,
    ...{ versions: output.versions, reproduce: output.reproduce },
    changedLines: new Map(Object.entries(output.changedLines)),
  })
}

type UpgradeOutput = Output['upgrades'][number]

/** Optional fields that are not there, as the schema reads them, are not there: the types of both say the same. */
function defined<T>(value: { readonly [Name in keyof T]: unknown }): T {
  return value as T
}

function allDangers({ dangers, upgrades }: Output): readonly DangerOutput[] {
  return [...dangers, ...upgrades.flatMap((upgrade) => [...upgrade.dangers, ...upgrade.follows.dangers])]
}

function allPlaces(output: Output): readonly PlaceJson[] {
  const units = [...output.changes, ...output.upgrades.flatMap(({ follows }) => follows.changes)]
  return [...units.flatMap(({ causes }) => causes), ...allDangers(output)].flatMap(({ place }) => place ?? [])
}

function toBrake({ digest, reasons }: NonNullable<Output['brake']>): Brake {
  return {
    digest,
    reasons: reasons.map(({ kind, cluster, object = '', deleted = 0, objects = 0 }): BrakeReason => {
      switch (kind) {
        case 'cluster':
          return { kind, cluster, objects }
        case 'protected':
          return { kind, cluster, object }
        case 'share':
          return { kind, cluster, deleted, objects }
        case 'delivery':
          return { kind, cluster, object, objects }
      }
    }),
  }
}

function toUnit({ before, after, causes, images, objects, ...rest }: UnitOutput, spanOf: SpanOf): UnitFold {
  return {
    ...rest,
    ...(before && { before: toSummary(before) }),
    ...(after && { after: toSummary(after) }),
    causes: causes.map(({ text, side, fact, place, clusters }) => {
      const span = place && spanOf(place)
      return { cause: { text, side, ...(fact !== undefined && { fact }), ...(span && { span }) }, clusters }
    }),
    images: images.map(({ clusters, ...image }) => ({
      image: defined<UnitFold['images'][number]['image']>(image),
      clusters,
    })),
    objects: objects.map(toObject),
  }
}

/** What JSON does not tell of a unit, and no text either. */
const untold: Omit<UnitSettings, 'kind' | 'profile'> = {
  ...{ tier: 0, local: false, inputs: '', syncMode: 'Continuous', leave: false },
  ...{ createNamespaces: false, timeoutMs: 0, dependsOn: [] },
}

function toSummary({
  kind,
  profile,
  chart,
  version = '',
  appVersion,
  objects,
}: NonNullable<UnitOutput['before']>): UnitSummary {
  return {
    ...{ kind, profile, count: objects, settings: { ...untold, kind, profile } },
    ...(chart !== undefined && {
      chart: { name: chart, version, ...(appVersion !== undefined && { appVersion }) },
    }),
  }
}

function toObject({ fields, ...rest }: ObjectOutput): ObjectFold {
  return { ...defined<Omit<ObjectFold, 'fields'>>(rest), fields: fields.map(toField) }
}

function toField({ path, inside, ...rest }: FieldOutput): FieldFold {
  return {
    ...defined<Omit<FieldFold, 'path' | 'inside'>>(rest),
    path: parseFieldPath(path),
    ...(inside && { inside: inside.map(toField) }),
  }
}

function toDanger({ place, path, rule, ...rest }: DangerOutput, spanOf: SpanOf): Danger {
  const span = place && spanOf(place)
  return {
    ...defined<Omit<Danger, 'rule' | 'path' | 'span'>>(rest),
    rule: rule as DangerRule,
    ...(path !== undefined && { path: parseFieldPath(path) }),
    ...(span && { span }),
  }
}
