import type { Diagnostic } from '../diagnostics/types.ts'
import type { Lookup } from '../engine/types.ts'
import type { Hold } from '../resolve/types.ts'
import { hasSecretToken } from '../secrets/token.ts'
import type { Attempt, ClusterWork, GivenUnit } from './cluster-work.ts'
import { lookupNotObserved, randomnessWithoutKey, renderFailed, secretValueNeeded } from './diagnostics.ts'
import type { LookupAnswers } from './lookup-answers.ts'
import type { UnitObjects } from './render-unit.ts'
import { answeredDigest, renderWithAnswers, type Answered } from './render-with-answers.ts'
import { withProvided } from './scopes.ts'
import type { ProvidedKind, UnitRecord } from './types.ts'

/** What a unit is rendered with. */
export interface AttemptContext {
  readonly answers: LookupAnswers
  readonly work: ClusterWork
}

/** Renders a unit, unless the branch has what it would give. */
export async function attemptUnit(
  prepared: GivenUnit,
  known: UnitRecord | undefined,
  context: AttemptContext,
): Promise<Attempt> {
  const isKnown = known?.inputs === prepared.inputs && context.work.known.anew !== true
  return isKnown ? { prepared, record: known } : renderAttempt(prepared, [], context)
}

/** Renders a unit; what cannot be rendered, or may not be written, is reported and held. */
export async function renderAttempt(
  prepared: GivenUnit,
  scopedBy: readonly ProvidedKind[],
  { answers, work }: AttemptContext,
): Promise<Attempt> {
  const { unit, given, digest, expected } = prepared
  const place = { cluster: given.cluster.cluster.id, unit }
  const scopes = withProvided(unit.finish.scopes ?? {}, scopedBy)
  const scoped =
    scopedBy.length === 0 ? given : { ...given, unit: { ...unit, finish: { ...unit.finish, scopes } } }
  const answered = await renderWithAnswers(answers, expected, (lookup) =>
    work.shared({ given: scoped, digest, scopedBy, lookup }),
  )
  const { outcome, looked } = answered
  const refuse = (failure: Diagnostic, reason: Hold['reason'] = 'error'): Attempt => {
    work.report(failure)
    return { unit, hold: { reason, message: failure.message }, looked }
  }
  // First of all: with an answer there might be no other fault, and what was rendered without one is worth nothing.
  const unanswered = looked.filter((lookup) => !answers.has(lookup))
  if (unanswered.length > 0) return refuse(lookupNotObserved(place, unanswered), 'facts-missing')
  if (!outcome.ok) return refuse(renderFailed(place, outcome.fault, given.tree))
  if ((outcome.impure?.random ?? 0) > 0 && work.key === undefined) return refuse(randomnessWithoutKey(place))
  const leak = outcome.value.objects.find(({ text }) => hasSecretToken(text))
  if (leak) return refuse(secretValueNeeded(place, `${leak.kind} ${leak.name}`))
  const inputs = answeredDigest(digest, looked, answers)
  const record = { ...toRecord(outcome, outcome.value), ...lookupsOf(digest, looked), inputs, scopedBy }
  return { prepared, record, objects: outcome.value }
}

function lookupsOf(given: string, asked: readonly Lookup[]): Pick<UnitRecord, 'looked'> {
  return asked.length === 0 ? {} : { looked: { given, asked } }
}

function toRecord(
  { impure, blocked }: Answered['outcome'] & { ok: true },
  { objects, chart, present }: UnitObjects,
): Omit<UnitRecord, 'inputs' | 'scopedBy' | 'looked'> {
  return {
    objects: objects.map(({ apiVersion, kind, namespace, name }) => ({
      apiVersion,
      kind,
      ...(namespace !== undefined && { namespace }),
      name,
    })),
    lost: [],
    provides: objects.flatMap(({ defines }) => (defines ? [defines] : [])),
    ...(chart && {
      chart: {
        name: chart.name,
        version: chart.version,
        ...(chart.appVersion !== undefined && { appVersion: chart.appVersion }),
      },
    }),
    ...(impure && (impure.random > 0 || impure.clock > 0) && { impure: { ...impure, present } }),
    ...(blocked && { blocked }),
  }
}
