import type { Report } from '../diagnostics/types.ts'
import type { ClusterPlan, Hold, PlannedUnit } from '../resolve/types.ts'
import {
  impure,
  randomnessWithoutKey,
  renderFailed,
  secretValueNeeded,
  sourceUnavailable,
  unitHeld,
} from './diagnostics.ts'
import { hasSecretToken } from '../secrets/token.ts'
import { inputsDigest, sha256, type UnitInputs } from './inputs-digest.ts'
import { identityKey, settleObjects } from './object-owners.ts'
import { keepingOwner, standingClaims } from './standing-claims.ts'
import type { UnitObjects } from './render-unit.ts'
import { providedKinds, scopesFromDefinitions, withProvided } from './scopes.ts'
import type { SharedRender } from './shared-render.ts'
import type { SourceFiles } from './source-files.ts'
import type { RenderOptions, RenderSource } from './render-options.ts'
import type { ProvidedKind, RenderedCluster, RenderedUnit, UnitRecord } from './types.ts'

/** What the clusters of one compile share. */
export interface ClusterWork extends RenderOptions {
  readonly sources: ReadonlyMap<string, RenderSource>
  readonly digest: (value: object) => string
  readonly files: SourceFiles
  readonly shared: SharedRender
  readonly onUnit: () => void
}

/** A unit with its inputs, or why it stays as it is. */
type Prepared =
  | { readonly unit: PlannedUnit; readonly inputs: string; readonly given: UnitInputs }
  | { readonly unit: PlannedUnit; readonly hold: Hold }

/** A prepared unit with what it renders to: from the engine, or from the record of the rendered branch. */
type Attempt =
  | {
      readonly prepared: Extract<Prepared, { given: UnitInputs }>
      readonly record: UnitRecord
      readonly objects?: UnitObjects
    }
  | { readonly unit: PlannedUnit; readonly hold: Hold }

/** A cluster of which it is known what would have to be rendered. */
export interface PreparedCluster {
  readonly id: string
  readonly plan: ClusterPlan
  readonly units: readonly Prepared[]
  readonly digest: string
  /** The branch has all of it. */
  readonly isKnown: boolean
}

export function prepareCluster(plan: ClusterPlan, work: ClusterWork): PreparedCluster {
  const { id } = plan.cluster
  if (plan.hold) return { id, plan, units: [], digest: '', isKnown: true }
  const units = plan.units.map((unit) => prepare(unit, plan, work))
  const digest = clusterDigest(units)
  return { id, plan, units, digest, isKnown: work.known.clusters.get(id) === digest }
}

export async function renderCluster(
  cluster: PreparedCluster,
  records: ReadonlyMap<string, UnitRecord>,
  work: ClusterWork,
): Promise<RenderedCluster> {
  if (cluster.isKnown) return takenOver(cluster, work)
  const attempts = await Promise.all(
    cluster.units.map(async (one) => {
      const known = records.get(`${cluster.id}/${one.unit.name}`)
      const attempt = 'hold' in one ? one : await attemptUnit(one, known, work)
      work.onUnit()
      return attempt
    }),
  )
  return settle(cluster, attempts, records, work)
}

function takenOver({ id, digest, units }: PreparedCluster, work: ClusterWork): RenderedCluster {
  const drawn = work.known.impure.get(id)
  const rendered = units.map((one): RenderedUnit => {
    work.onUnit()
    const { unit } = one
    if ('hold' in one) return { unit, inputs: '', result: { status: 'held', hold: one.hold } }
    const impurity = drawn?.get(unit.name)
    if (impurity) work.report(impure({ cluster: id, unit }, impurity))
    return { unit, inputs: one.inputs, result: { status: 'unchanged' } }
  })
  return { id, digest, units: rendered, conflicts: [] }
}

function prepare(unit: PlannedUnit, cluster: ClusterPlan, work: ClusterWork): Prepared {
  if (unit.hold) return { unit, hold: unit.hold }
  const keeper = keepingOwner(unit, cluster, work.known)
  if (keeper !== undefined) {
    const failure = unitHeld({ cluster: cluster.cluster.id, unit }, keeper)
    work.report(failure)
    return { unit, hold: { reason: 'error', message: failure.message } }
  }
  const key = sourceKey(unit)
  const source = key === undefined ? undefined : work.sources.get(key)
  if (key !== undefined && source === undefined) {
    const failure = sourceUnavailable({ cluster: cluster.cluster.id, unit }, key)
    work.report(failure)
    return { unit, hold: { reason: 'error', message: failure.message } }
  }
  const tree = source && ownTree(unit, source, work.files)
  const given: UnitInputs = {
    cluster,
    unit,
    ...(tree && { tree }),
    remotes: source?.remotes ?? new Map(),
    charts: source?.charts ?? new Map(),
    lookup: unit.kind === 'helm' && tree && work.files.looksUp(tree) ? cluster.lookup : [],
  }
  return { unit, given, inputs: inputsDigest(work.engine.versions.digest, given, work.digest) }
}

/** A chart or a folder of policies is cut out of its source; a kustomization reaches beyond its folder. */
function ownTree(unit: PlannedUnit, source: RenderSource, files: SourceFiles): RenderSource['tree'] {
  if (unit.kind === 'helm') return files.folder(source.tree, unit.path)
  if (unit.kind === 'policy' && unit.content.type === 'source')
    return files.folder(source.tree, unit.content.path)
  return source.tree
}

function sourceKey(unit: PlannedUnit): string | undefined {
  if (unit.kind === 'helm' || unit.kind === 'kustomize') return unit.source.key
  return unit.kind === 'policy' && unit.content.type === 'source' ? unit.content.source.key : undefined
}

/** Everything that decides the folders of a cluster, before anything is rendered. */
function clusterDigest(prepared: readonly Prepared[]): string {
  const rows = prepared.map((one) => {
    const { name, claim, deploymentType, dependsOn, leaveOnRemoval, createNamespaces, syncMode } = one.unit
    const owner = [claim.profile.id, claim.tier, claim.referenceTier, claim.path]
    const what = 'hold' in one ? ['held', one.hold.reason] : ['inputs', one.inputs]
    return [name, owner, deploymentType, dependsOn, leaveOnRemoval, createNamespaces, syncMode, ...what]
  })
  return sha256(JSON.stringify(rows))
}

async function attemptUnit(
  prepared: Extract<Prepared, { given: UnitInputs }>,
  known: UnitRecord | undefined,
  work: ClusterWork,
): Promise<Attempt> {
  if (known?.inputs === prepared.inputs && work.known.anew !== true) return { prepared, record: known }
  return renderAttempt(prepared, [], work)
}

async function renderAttempt(
  prepared: Extract<Prepared, { given: UnitInputs }>,
  scopedBy: readonly ProvidedKind[],
  work: ClusterWork,
): Promise<Attempt> {
  const { unit, given, inputs } = prepared
  const place = { cluster: given.cluster.cluster.id, unit }
  const refuse = (failure: ReturnType<typeof renderFailed>, report: Report): Attempt => {
    report(failure)
    return { unit, hold: { reason: 'error', message: failure.message } }
  }
  const scopes = withProvided(unit.finish.scopes ?? {}, scopedBy)
  const scoped =
    scopedBy.length === 0 ? given : { ...given, unit: { ...unit, finish: { ...unit.finish, scopes } } }
  const shareKey = scopedBy.length === 0 ? inputs : sha256(`${inputs}${JSON.stringify(scopedBy)}`)
  const outcome = await work.shared(scoped, shareKey)
  if (!outcome.ok) return refuse(renderFailed(place, outcome.fault, given.tree), work.report)
  const drawn = outcome.impure
  if (drawn && drawn.random > 0 && work.key === undefined)
    return refuse(randomnessWithoutKey(place), work.report)
  const leak = outcome.value.objects.find(({ text }) => hasSecretToken(text))
  if (leak) return refuse(secretValueNeeded(place, `${leak.kind} ${leak.name}`), work.report)
  const { objects, chart, present } = outcome.value
  const record: UnitRecord = {
    inputs,
    objects: objects.map(({ apiVersion, kind, namespace, name }) => ({
      apiVersion,
      kind,
      ...(namespace !== undefined && { namespace }),
      name,
    })),
    lost: [],
    provides: objects.flatMap(({ defines }) => (defines ? [defines] : [])),
    scopedBy,
    ...(chart && {
      chart: {
        name: chart.name,
        version: chart.version,
        ...(chart.appVersion !== undefined && { appVersion: chart.appVersion }),
      },
    }),
    ...(drawn && (drawn.random > 0 || drawn.clock > 0) && { impure: { ...drawn, present } }),
  }
  return { prepared, record, objects: outcome.value }
}

/** Gives namespaces that other units' definitions decide, settles owners, and says what became of each unit. */
async function settle(
  { plan, digest }: PreparedCluster,
  attempts: readonly Attempt[],
  records: ReadonlyMap<string, UnitRecord>,
  work: ClusterWork,
): Promise<RenderedCluster> {
  const provided = providedKinds(attempts.flatMap((attempt) => ('record' in attempt ? [attempt.record] : [])))
  const scoped = await Promise.all(
    attempts.map(async (attempt): Promise<Attempt> => {
      if (!('record' in attempt)) return attempt
      const scopes = plan.scopes
      const wanted = scopesFromDefinitions(attempt.record.objects, scopes, provided)
      const same = JSON.stringify(wanted) === JSON.stringify(attempt.record.scopedBy)
      return same ? attempt : renderAttempt(attempt.prepared, wanted, work)
    }),
  )
  const claims = scoped.flatMap((attempt) =>
    'record' in attempt ? [{ unit: attempt.prepared.unit, objects: attempt.record.objects }] : [],
  )
  const owners = settleObjects(
    // What is only shown takes nothing from what is written.
    claims.filter(({ unit }) => unit.syncMode !== 'DryRun'),
    standingClaims(plan, claims, records, work.known),
    plan.cluster,
    work.report,
  )
  const units = await Promise.all(
    scoped.map(async (attempt): Promise<RenderedUnit> => {
      if (!('record' in attempt))
        return { unit: attempt.unit, inputs: '', result: { status: 'held', hold: attempt.hold } }
      const { unit, inputs } = attempt.prepared
      const place = { cluster: plan.cluster.id, unit }
      if (attempt.record.impure) work.report(impure(place, attempt.record.impure))
      const lost = owners.lost.get(unit.name) ?? []
      const known = records.get(`${plan.cluster.id}/${unit.name}`)
      if (attempt.objects === undefined && JSON.stringify(known?.lost) === JSON.stringify(lost))
        return { unit, inputs, result: { status: 'unchanged', record: attempt.record } }
      // The record said what it claims; now that its folder changes, its texts are needed after all.
      const full = attempt.objects
        ? attempt
        : await renderAttempt(attempt.prepared, attempt.record.scopedBy, work)
      if (!('record' in full)) return { unit, inputs: '', result: { status: 'held', hold: full.hold } }
      const gone = new Set(lost.map(identityKey))
      const manifests = (full.objects?.objects ?? []).filter((object) => !gone.has(identityKey(object)))
      return { unit, inputs, result: { status: 'rendered', manifests, record: { ...full.record, lost } } }
    }),
  )
  // What has something to say says it at each compile, so it is looked at again.
  const isQuiet = owners.lost.size === 0 && units.every(isUnremarkable)
  return { id: plan.cluster.id, digest: isQuiet ? digest : '', units, conflicts: owners.conflicts }
}

function isUnremarkable({ result }: RenderedUnit): boolean {
  return result.status !== 'held' || result.hold.reason !== 'error'
}
