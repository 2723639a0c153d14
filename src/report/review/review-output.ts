import { formatFieldPath } from '../../compare/compare.ts'
import type {
  Comparison,
  Danger,
  FieldFold,
  ObjectFold,
  ObjectPlace,
  UnitFold,
  UnitSummary,
  Upgrade,
} from '../../compare/types.ts'
import { toPlace } from '../../diagnostics/json.ts'
import type { Span } from '../../diagnostics/types.ts'
import type { Review } from '../types.ts'
import { reviewVerdict } from './verdict.ts'

/** Plain data of a review, keys in the order of the schema. Changes are there folded, with the clusters of each. Pure. */
export function toReviewOutput(review: Review) {
  const { baseline, base, head, comparison, dangers, upgrades, brake, diagnostics, held, fleet } = review
  const { facts, versions, reproduce, changedLines } = review
  const { kind, sentence } = reviewVerdict(review)
  return {
    ...{ baseline, base: commitOf(base), head: commitOf(head), verdict: { kind, sentence } },
    ...{ totals: comparison.totals, schemas: comparison.schemas },
    changes: comparison.folds.map(toUnit),
    dangers: [...comparison.dangers, ...dangers].map(toDanger),
    upgrades: upgrades.map(toUpgrade),
    ...(brake && { brake: { digest: brake.digest, reasons: brake.reasons } }),
    diagnostics: {
      added: diagnostics.added,
      standing: diagnostics.standing,
      resolved: diagnostics.resolved,
    },
    held: held.map(({ cluster, unit, reason }) => ({ cluster, ...(unit !== undefined && { unit }), reason })),
    fleet: fleet.map(({ id, labels, version, gone, units }) => ({
      ...{ cluster: id, labels },
      ...(version !== undefined && { version }),
      ...(gone === true && { gone }),
      units,
    })),
    facts: {
      asOf: facts.asOf,
      ...(facts.oldest && { oldest: facts.oldest }),
      ...{ silent: facts.silent, never: facts.never },
    },
    versions: { compiler: versions.compiler, helm: versions.helm, kustomize: versions.kustomize },
    reproduce,
    changedLines: Object.fromEntries([...changedLines].sort(([a], [b]) => (a < b ? -1 : 1))),
  }
}

function commitOf({ commit, name }: Review['base']) {
  return { ...(commit !== undefined && { commit }), name }
}

function placed(span: Span | undefined) {
  return span && { place: toPlace(span) }
}

function toUnit({ unit, change, before, after, clusters, routine, causes, images, objects }: UnitFold) {
  return {
    ...{ unit, change },
    ...(before && { before: toSummary(before) }),
    ...(after && { after: toSummary(after) }),
    ...{ clusters, routine },
    causes: causes.map(({ cause: { text, side, span, fact }, clusters: some }) => ({
      ...{ text, side },
      ...(fact !== undefined && { fact }),
      ...placed(span),
      clusters: some,
    })),
    images: images.map(({ image, clusters: some }) => ({
      ...(image.before !== undefined && { before: image.before }),
      ...(image.after !== undefined && { after: image.after }),
      clusters: some,
    })),
    objects: objects.map(toObject),
  }
}

function toSummary({ kind, profile, chart, count }: UnitSummary) {
  return {
    ...{ kind, profile },
    ...(chart && { chart: chart.name, version: chart.version }),
    ...(chart?.appVersion !== undefined && { appVersion: chart.appVersion }),
    objects: count,
  }
}

function toObject({ change, before, after, clusters, routine, delivery, fields, value }: ObjectFold) {
  return {
    change,
    ...(before && { before: toObjectPlace(before) }),
    ...(after && { after: toObjectPlace(after) }),
    ...{ clusters, routine },
    ...(delivery === true && { delivery }),
    fields: fields.map(toField),
    ...(value !== undefined && { value }),
  }
}

function toObjectPlace({ apiVersion, kind, namespace, name, unit, path, source }: ObjectPlace) {
  return {
    ...{ apiVersion, kind },
    ...(namespace !== undefined && { namespace }),
    ...{ name, unit, path },
    ...(source !== undefined && { source }),
  }
}

type FieldOutput = ReturnType<typeof toFlatField> & { readonly inside?: readonly FieldOutput[] }

function toField(field: FieldFold): FieldOutput {
  return { ...toFlatField(field), ...(field.inside && { inside: field.inside.map(toField) }) }
}

function toFlatField({ path, change, routine, format, values }: FieldFold) {
  return {
    ...{ path: formatFieldPath(path), change },
    ...(routine !== undefined && { routine }),
    ...(format !== undefined && { format }),
    values: values.map((row) => ({
      clusters: row.clusters,
      // A value that is not there and one that is null are two things.
      ...('before' in row && { before: row.before }),
      ...('after' in row && { after: row.after }),
    })),
  }
}

function toDanger({ rule, severity, message, clusters, unit, object, path, span, side }: Danger) {
  return {
    ...{ rule, severity, message, clusters },
    ...(unit !== undefined && { unit }),
    ...(object && { object: toObjectPlace(object) }),
    ...(path && { path: formatFieldPath(path) }),
    ...placed(span),
    ...(side !== undefined && { side }),
  }
}

function toUpgrade({ cluster, from, to, machines, labels, lostApis, follows, dangers }: Upgrade) {
  return {
    ...{ cluster, from, to, machines, labels, lostApis },
    follows: toFollowing(follows),
    dangers: dangers.map(toDanger),
  }
}

function toFollowing({ totals, schemas, folds, dangers }: Comparison) {
  return { totals, schemas, changes: folds.map(toUnit), dangers: dangers.map(toDanger) }
}
