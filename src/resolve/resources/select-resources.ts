import { toCelResource } from '../../cel/cel.ts'
import type { ResourceSelector } from '../../intent/types.ts'
import { evaluateMatch } from '../../lua/lua.ts'
import type { LuaFault, LuaJson } from '../../lua/types.ts'
import type { Query } from '../../observe/types.ts'
import type { KnownObject } from '../knowledge.ts'
import { celLimit, scriptFailed } from '../script-diagnostics.ts'
import { once, runLua, type Scripts } from '../scripts.ts'
import type { Asker, Selecting } from './asker.ts'
import { labelQuery, meetsLabels } from './label-query.ts'

export type SelectedResources =
  | {
      readonly known: true
      /** In order of identity. Of Secrets with tokens for their values. */
      readonly objects: readonly KnownObject[]
      /** What scripts said of them; empty ones left out. */
      readonly messages: readonly string[]
    }
  /** The facts do not say, or a script failed, which is reported: whatever depends on it stays as it is. */
  | { readonly known: false; readonly message: string; readonly reason: 'facts-missing' | 'error' }

/**
 * The objects of a cluster that a selector means (sveltos.md 3.5): of its kind, place, name and labels and not being
 * deleted; then its CEL rules, of which one must hold; where none does, its Lua decides. Pure; asks `knowledge`, and reports
 * scripts that fail. `cluster` is a cluster id, or `management`.
 */
export function selectResources(
  selector: ResourceSelector,
  cluster: string,
  asker: Asker,
  { knowledge, scripts }: Selecting,
): SelectedResources {
  const found = knowledge.ask(cluster, toQuery(selector, asker), asker.id)
  if (found === undefined)
    return {
      known: false,
      reason: 'facts-missing',
      message: `the facts do not tell of ${formatKind(selector)}`,
    }
  const objects: KnownObject[] = []
  const messages: string[] = []
  for (const object of found) {
    const metadata = metadataOf(object)
    if (metadata.deletionTimestamp !== undefined || !meetsLabels(selector, metadata.labels ?? {})) continue
    const outcome = matches(selector, object, asker.runner, scripts)
    if (!outcome.ok) {
      const place = { asker, cluster, object: formatIdentity(object) }
      scripts.report(
        'rule' in outcome
          ? celLimit(place, outcome.rule, outcome.message)
          : scriptFailed(
              { ...place, field: asker.scriptField ?? 'evaluate' },
              selector.evaluate,
              outcome.fault,
            ),
      )
      return { known: false, reason: 'error', message: `a script of ${asker.id} failed` }
    }
    if (!outcome.matching) continue
    objects.push(object)
    if (outcome.message !== '') messages.push(outcome.message)
  }
  return { known: true, objects, messages }
}

/** What a selector asks of a cluster. */
export function toQuery(selector: ResourceSelector, { keep }: Pick<Asker, 'keep'>): Query {
  const { group, version, kind, namespace, name, evaluateCEL, evaluate } = selector
  const hasScript = evaluateCEL.length > 0 || evaluate !== ''
  const labelSelector = labelQuery(selector)
  return { group, version, kind, namespace, name, labelSelector, keep: hasScript ? 'whole' : keep }
}

type Matching =
  | { readonly ok: true; readonly matching: boolean; readonly message: string }
  | { readonly ok: false; readonly fault: LuaFault }
  /** Index of a rule of evaluateCEL that takes too many steps. */
  | { readonly ok: false; readonly rule: number; readonly message: string }

const isMatch = { ok: true, matching: true, message: '' } as const

function matches(
  { evaluateCEL, evaluate }: ResourceSelector,
  object: KnownObject,
  runner: Asker['runner'],
  scripts: Scripts,
): Matching {
  for (const [index, { rule }] of evaluateCEL.entries()) {
    const outcome = evaluateRule(rule, object, scripts)
    if (outcome.ok && outcome.value) return isMatch
    // Sveltos skips a rule that cannot be worked out; one that never ends must not look like one that does not hold.
    if (!outcome.ok && outcome.fault.kind === 'limit')
      return { ok: false, rule: index, message: outcome.fault.message }
  }
  if (evaluate === '') return { ...isMatch, matching: evaluateCEL.length === 0 }
  const outcome = evaluateScript(evaluate, object, runner, scripts)
  return outcome.ok ? { ok: true, ...outcome.value } : outcome
}

function evaluateRule(
  rule: string,
  object: KnownObject,
  scripts: Scripts,
): ReturnType<Scripts['cel']['evaluate']> {
  const resource = (): ReturnType<typeof toCelResource> =>
    once(scripts, 'resource', object.json, () => toCelResource(object.json))
  return once(scripts, `cel\0${rule}`, object.json, () => scripts.cel.evaluate(rule, resource()))
}

function evaluateScript(
  text: string,
  object: KnownObject,
  runner: Asker['runner'],
  scripts: Scripts,
): ReturnType<typeof evaluateMatch> {
  const value = object.value as LuaJson
  const inputs =
    runner === 'agent'
      ? { globals: { obj: value }, argument: { global: 'obj' } }
      : { globals: {}, argument: { value } }
  const script = { text, libraries: runner === 'controller' }
  return runLua(scripts, evaluateMatch, script, { text: object.json, inputs: () => inputs })
}

interface Metadata {
  readonly name?: string
  readonly namespace?: string
  readonly labels?: Readonly<Record<string, string>>
  readonly deletionTimestamp?: string
}

function metadataOf({ value }: KnownObject): Metadata {
  return (value['metadata'] ?? {}) as Metadata
}

/** `Service default/web`, `Node worker-1`. */
export function formatIdentity(object: KnownObject): string {
  const { namespace, name = '' } = metadataOf(object)
  const { kind } = object.value as { readonly kind: string }
  return `${kind} ${namespace === undefined ? '' : `${namespace}/`}${name}`
}

/** `Deployment (apps/v1)`. */
export function formatKind({
  group,
  version,
  kind,
}: Pick<ResourceSelector, 'group' | 'version' | 'kind'>): string {
  return `${kind} (${group === '' ? '' : `${group}/`}${version})`
}
