import { createCel, inlineFields } from '../cel/cel.ts'
import type { FleetConfig } from '../config/types.ts'
import type { Diagnostic } from '../diagnostics/types.ts'
import type { Profile, ValidateHealth } from '../intent/types.ts'
import type { PlannedUnit } from '../resolve/types.ts'
import { locate } from '../source/source.ts'
import { luaFault } from './argocd-health-script.ts'
import { checkNotDelivered, type Undelivered } from './diagnostics.ts'
import { ignoredFields } from './ignored-fields.ts'
import type { CheckSpans, DeliveredCheck, UnitSettings } from './types.ts'

type Engine = FleetConfig['rendered']['delivery'][number]

/** What delivery is to check of a unit and to leave alone. */
export interface UnitChecks {
  readonly settings: Pick<UnitSettings, 'checks' | 'awaits' | 'ignores'>
  readonly spans: CheckSpans
  /** Of what it cannot, one a check. */
  readonly diagnostics: readonly Diagnostic[]
}

const features = { helm: 'Helm', kustomize: 'Kustomize', policy: 'Resources', unresolved: undefined } as const

/** Gives what profiles say of each unit's health and drift; works each out once, whatever the number of clusters. Pure. */
export function createUnitChecks(engines: readonly Engine[]): (unit: PlannedUnit) => UnitChecks {
  const known = new WeakMap<Profile, Map<string, UnitChecks>>()
  return ({ kind, claim: { profile } }) => {
    const ofProfile = known.get(profile) ?? new Map<string, UnitChecks>()
    known.set(profile, ofProfile)
    const checks = ofProfile.get(kind) ?? unitChecks(profile, features[kind], engines)
    ofProfile.set(kind, checks)
    return checks
  }
}

function unitChecks(
  profile: Profile,
  feature: ValidateHealth['featureID'] | undefined,
  engines: readonly Engine[],
): UnitChecks {
  const read = (list: CheckList): readonly Read[] =>
    profile.spec[list].flatMap((check, index) =>
      check.featureID === feature ? [readCheck(check, { profile, list, index }, engines)] : [],
    )
  const [checks, awaits] = [read('validateHealths'), read('preDeployChecks')]
  const { ignores, diagnostics } = ignoredFields(profile, engines)
  const all = [...checks, ...awaits, ...read('preDeleteChecks'), ...read('postDeleteChecks')]
  return {
    settings: {
      ...(checks.some(isDelivered) && { checks: checks.flatMap(({ delivered }) => delivered ?? []) }),
      ...(awaits.some(isDelivered) && { awaits: awaits.flatMap(({ delivered }) => delivered ?? []) }),
      ...(ignores && { ignores }),
    },
    spans: {
      checks: checks.filter(isDelivered).map(({ span }) => span),
      awaits: awaits.filter(isDelivered).map(({ span }) => span),
    },
    diagnostics: [...all.flatMap(({ diagnostic }) => diagnostic ?? []), ...diagnostics],
  }
}

type CheckList = 'validateHealths' | 'preDeployChecks' | 'preDeleteChecks' | 'postDeleteChecks'

interface Place {
  readonly profile: Profile
  readonly list: CheckList
  readonly index: number
}

interface Read {
  readonly span: Diagnostic['span'] & object
  readonly delivered?: DeliveredCheck
  readonly diagnostic?: Diagnostic
}

function isDelivered({ delivered }: Read): boolean {
  return delivered !== undefined
}

function readCheck(check: ValidateHealth, { profile, list, index }: Place, engines: readonly Engine[]): Read {
  const span = locate(profile.document, ['spec', list, index])
  const refused = (reasons: readonly Undelivered[]): Diagnostic =>
    checkNotDelivered(span, { owner: profile.id, list, name: check.name }, reasons)
  const obstacle = obstacleOf(check, list)
  if (obstacle !== undefined) return { span, diagnostic: refused([{ since: obstacle }]) }
  const { name, group, kind, namespace } = check
  const flux = engines.includes('flux') ? forFlux(check) : undefined
  const argocd = engines.includes('argocd') ? forArgocd(check) : undefined
  const reasons = [
    ...(flux && 'since' in flux ? [{ engine: 'Flux', since: flux.since }] : []),
    ...(argocd && 'since' in argocd ? [{ engine: 'Argo CD', since: argocd.since }] : []),
  ]
  const told = {
    ...(flux && 'text' in flux && flux.text !== '' && { cel: flux.text }),
    ...(argocd && 'text' in argocd && argocd.text !== '' && { lua: argocd.text }),
  }
  // What a unit waits for is an order, whatever else can be told.
  const isOfUse = list === 'preDeployChecks' || Object.keys(told).length > 0
  return {
    span,
    ...(isOfUse && { delivered: { name, group, kind, namespace, ...told } }),
    ...(reasons.length > 0 && { diagnostic: refused(reasons) }),
  }
}

/** Why no engine can do anything with a check. */
function obstacleOf({ asks, kind, labelFilters }: ValidateHealth, list: CheckList): string | undefined {
  if (list === 'preDeleteChecks' || list === 'postDeleteChecks')
    return 'delivery asks nothing before or after it deletes'
  if (asks === 'metrics') return 'it asks a metrics server'
  if (asks === 'job') return 'it runs a Job'
  if (kind === '') return 'it names no kind'
  if (labelFilters.length > 0) return 'it selects by labels, and delivery judges all objects of a kind alike'
  return undefined
}

/** An empty text is a check that holds for every object. */
type Expressed = { readonly text: string } | { readonly since: string }

/** What Flux cannot judge by another rule than its own: its reader of Jobs comes first. */
const fluxOwn = new Set(['batch/Job'])

function forFlux({ group, kind, script, evaluateCEL }: ValidateHealth): Expressed {
  if (script !== '') return { since: 'it is a Lua script' }
  if (fluxOwn.has(`${group}/${kind}`)) return { since: `Flux judges every ${kind} by itself` }
  const cel = createCel()
  const rules: string[] = []
  for (const { rule } of evaluateCEL) {
    const fault = cel.check(rule)
    // Sveltos skips such a rule; Flux would refuse to apply the unit.
    if (fault) return { since: `one of its rules is no CEL: ${fault.message}` }
    const inlined = inlineFields(rule)
    if (!inlined.ok) return { since: `one of its rules ${inlined.reason}` }
    rules.push(inlined.expression)
  }
  return { text: joined(rules, '||') }
}

/** Rules of one check are alternatives (sveltos.md 1.15), several checks of one kind are not. */
export function joined(expressions: readonly string[], operator: '||' | '&&'): string {
  const [first = '', ...rest] = expressions
  return rest.length === 0 ? first : expressions.map((one) => `(${one})`).join(` ${operator} `)
}

/** Argo CD has one script a kind, for every object of it in every Application. */
function forArgocd({ group, kind, namespace, script, evaluateCEL }: ValidateHealth): Expressed {
  if (evaluateCEL.length > 0) return { since: 'it is CEL' }
  if (script === '') return { text: '' }
  if (!isOfSomebody(group)) return { since: `its script would judge every ${kind} that Argo CD knows of` }
  if (namespace !== '') return { since: `it is for one namespace, and Argo CD judges every ${kind} alike` }
  const fault = luaFault(script)
  return fault === undefined ? { text: script } : { since: fault }
}

/** Kinds of Kubernetes are everybody's, and those of Argo CD its own. */
function isOfSomebody(group: string): boolean {
  return group.includes('.') && !group.endsWith('.k8s.io') && group !== 'argoproj.io'
}
