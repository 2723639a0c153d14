import { renderAttempt } from './attempt-unit.ts'
import type { Attempt, ClusterWork, HeldUnit, PreparedCluster, RenderedAttempt } from './cluster-work.ts'
import { functionsBlocked, impure } from './diagnostics.ts'
import { identityKey, settleObjects } from './object-owners.ts'
import { clusterDigest } from './prepare-cluster.ts'
import { customKinds, providedKinds, scopesFromDefinitions } from './scopes.ts'
import { standingClaims } from './standing-claims.ts'
import type { ObjectIdentity, RenderedCluster, RenderedUnit, UnitRecord } from './types.ts'
import type { UnitQuestions } from './unit-needs.ts'

export interface SettledCluster {
  readonly cluster: RenderedCluster
  readonly questions: readonly UnitQuestions[]
}

/** What is settled, with what the branch records of the cluster's units, by `<cluster id>/<unit>`. */
interface Settling {
  readonly cluster: PreparedCluster
  readonly records: ReadonlyMap<string, UnitRecord>
  readonly work: ClusterWork
}

/** Gives namespaces that other units' definitions decide, settles owners, and says what became of each unit. */
export async function settleCluster(
  cluster: PreparedCluster,
  attempts: readonly Attempt[],
  records: ReadonlyMap<string, UnitRecord>,
  work: ClusterWork,
): Promise<SettledCluster> {
  const settling = { cluster, records, work }
  const { id, plan } = cluster
  const scoped = await withScopes(attempts, settling)
  const claims = scoped
    .filter(isRendered)
    .map(({ prepared, record }) => ({ unit: prepared.unit, objects: record.objects }))
  const owners = settleObjects(
    // What is only shown takes nothing from what is written.
    claims.filter(({ unit }) => unit.syncMode !== 'DryRun'),
    standingClaims(plan, claims, records, work.known),
    plan.cluster,
    work.report,
  )
  const finished = await Promise.all(
    scoped.map(async (attempt) =>
      isRendered(attempt)
        ? finish(attempt, owners.lost.get(attempt.prepared.unit.name) ?? [], settling)
        : attempt,
    ),
  )
  const kindsOf = undefinedKinds(finished, settling)
  const units = finished.map((one): RenderedUnit => {
    if (!isFinished(one)) return { unit: one.unit, inputs: '', result: { status: 'held', hold: one.hold } }
    const { unit, record, result } = one
    return { unit, inputs: record.inputs, kinds: kindsOf(record), result }
  })
  // What has something to say says it at each compile, so it is looked at again.
  const isQuiet = owners.lost.size === 0 && finished.every(isUnremarkable)
  const digest = isQuiet ? clusterDigest(units.map(digested)) : ''
  return {
    cluster: { id, digest, units, conflicts: owners.conflicts },
    questions: finished.map((one) => questionsOf(one, kindsOf, settling)),
  }
}

function isRendered(attempt: Attempt): attempt is RenderedAttempt {
  return 'record' in attempt
}

/** Renders again what has objects whose namespaces only definitions of other units decide. */
function withScopes(
  attempts: readonly Attempt[],
  { cluster: { plan, answers }, work }: Settling,
): Promise<readonly Attempt[]> {
  const provided = providedKinds(attempts.filter(isRendered).map(({ record }) => record))
  return Promise.all(
    attempts.map(async (attempt): Promise<Attempt> => {
      if (!isRendered(attempt)) return attempt
      const wanted = scopesFromDefinitions(attempt.record.objects, plan.scopes, provided)
      const same = JSON.stringify(wanted) === JSON.stringify(attempt.record.scopedBy)
      return same ? attempt : renderAttempt(attempt.prepared, wanted, { answers, work })
    }),
  )
}

interface FinishedUnit {
  readonly unit: RenderedUnit['unit']
  readonly record: UnitRecord
  readonly result: RenderedUnit['result']
}

function isFinished(one: FinishedUnit | HeldUnit): one is FinishedUnit {
  return 'record' in one
}

async function finish(
  attempt: RenderedAttempt,
  lost: readonly ObjectIdentity[],
  { cluster: { id, answers }, records, work }: Settling,
): Promise<FinishedUnit | HeldUnit> {
  const { prepared, record } = attempt
  const { unit } = prepared
  const place = { cluster: id, unit }
  if (record.impure) work.report(impure(place, record.impure))
  if (record.blocked) work.report(functionsBlocked(place, record.blocked))
  const known = records.get(`${id}/${unit.name}`)
  if (attempt.objects === undefined && JSON.stringify(known?.lost) === JSON.stringify(lost))
    return { unit, record, result: { status: 'unchanged', record } }
  // The record said what it claims; now that its folder changes, its texts are needed after all.
  const full = attempt.objects ? attempt : await renderAttempt(prepared, record.scopedBy, { answers, work })
  if (!isRendered(full)) return full
  const gone = new Set(lost.map(identityKey))
  const manifests = (full.objects?.objects ?? []).filter((object) => !gone.has(identityKey(object)))
  return {
    unit,
    record: full.record,
    result: { status: 'rendered', manifests, record: { ...full.record, lost } },
  }
}

/** Kinds of a unit's objects that neither Kubernetes has nor a unit of the cluster defines. */
function undefinedKinds(
  finished: readonly (FinishedUnit | HeldUnit)[],
  { cluster: { id, plan }, records, work }: Settling,
): (record: UnitRecord) => readonly string[] {
  const builtIn = work.builtIn(plan.kubeVersion)
  const defined = providedKinds(
    finished.flatMap((one) => (isFinished(one) ? one.record : (records.get(`${id}/${one.unit.name}`) ?? []))),
  )
  return ({ objects }) => customKinds(objects, builtIn).filter((kind) => !defined.has(kind))
}

function digested({ unit, inputs, result }: RenderedUnit): Parameters<typeof clusterDigest>[0][number] {
  return result.status === 'held' ? { unit, hold: result.hold } : { unit, inputs }
}

/** Faults, and facts that are missing, are told again the next time. */
function isUnremarkable(one: FinishedUnit | HeldUnit): boolean {
  return isFinished(one) || (one.hold.reason !== 'error' && one.hold.reason !== 'facts-missing')
}

/** A held unit goes on asking what it asked when it was rendered: it will be again. */
function questionsOf(
  one: FinishedUnit | HeldUnit,
  kindsOf: (record: UnitRecord) => readonly string[],
  { cluster: { id }, work }: Settling,
): UnitQuestions {
  const profile = one.unit.claim.profile.id
  if (isFinished(one)) {
    const kinds = one.unit.syncMode === 'DryRun' ? [] : kindsOf(one.record)
    return { profile, looked: one.record.looked?.asked ?? [], kinds }
  }
  const known = work.known.units.get(id)?.get(one.unit.name)
  return { profile, looked: one.looked ?? known?.looked?.asked ?? [], kinds: known?.kinds ?? [] }
}
