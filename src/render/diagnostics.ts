import { diagnostic } from '../diagnostics/diagnostic.ts'
import type { DiagnosticCode } from '../diagnostics/catalogue.ts'
import type { Diagnostic, Span } from '../diagnostics/types.ts'
import { unreachable } from '../diagnostics/errors.ts'
import type { BlockedCall, EngineFault, FileTree, Impurity, Lookup } from '../engine/types.ts'
import type { PlannedUnit } from '../resolve/types.ts'
import { locate } from '../source/source.ts'
import { spanInPolicy, spanInRepository } from './fault-place.ts'

/** One unit of one cluster, for the words of a diagnostic. */
export interface UnitPlace {
  readonly cluster: string
  readonly unit: PlannedUnit
}

function about(place: UnitPlace): {
  readonly subject: { cluster: string; unit: string }
  readonly span: Span
} {
  const { profile, path } = place.unit.claim
  return { subject: { cluster: place.cluster, unit: place.unit.name }, span: locate(profile.document, path) }
}

/**
 * The engine's refusal in the user's words: which unit, where in which template, through which includes. `tree` is what
 * the unit was rendered from.
 */
export function renderFailed(place: UnitPlace, fault: EngineFault, tree?: FileTree): Diagnostic {
  const { subject, span } = about(place)
  const inText = spanInPolicy(place.unit, fault) ?? spanInRepository(place.unit, tree, fault)
  return diagnostic(isLua(place.unit, fault) ? 'render/lua-failed' : codeOf(fault), {
    message: `${place.unit.name}: ${where(fault)}${fault.message}`,
    span: inText ?? span,
    subject,
    related: inText ? [{ message: 'deployed by this entry', span }] : [],
    hint: isLua(place.unit, fault) ? luaHint : hintFor(fault),
  })
}

/** What a script does wrong comes as a fault of the text that it is. */
function isLua(unit: PlannedUnit, { kind }: EngineFault): boolean {
  return unit.kind === 'policy' && unit.instantiate === 'lua' && kind === 'template'
}

const luaHint = 'Correct the script; it returns a table whose `resources` is text with YAML documents.'

function codeOf(fault: EngineFault): DiagnosticCode {
  switch (fault.kind) {
    case 'template':
      return 'render/template-error'
    case 'yaml':
      return 'render/bad-manifest'
    case 'chart':
      return 'render/bad-chart'
    case 'kube-version':
      return 'render/kube-version'
    case 'schema':
      return 'render/values-schema'
    case 'values':
      return 'render/bad-values'
    case 'kustomize':
      return 'render/kustomize-failed'
    case 'missing-file':
      return 'render/missing-file'
    case 'remote':
      return 'render/needs-network'
    case 'patch':
      return 'render/patch-failed'
    case 'limit':
      return 'render/limit-exceeded'
    case 'crash':
      return 'render/engine-crashed'
    default:
      return unreachable(fault.kind)
  }
}

function where({ file, line, column, includes = [] }: EngineFault): string {
  if (file === undefined) return ''
  const position = [file, line, column].filter((part) => part !== undefined).join(':')
  const chain = includes.map(({ template }) => template).filter((template) => template !== file)
  return `${position}${chain.length > 0 ? ` (included by ${shortened(chain.reverse()).join(' ← ')})` : ''}: `
}

/** Names of a chain that says enough: a template that includes itself does so a thousand times. */
const longestChain = 8

function shortened(chain: readonly string[]): readonly string[] {
  if (chain.length <= longestChain) return chain
  const [first, last] = [chain.slice(0, longestChain - 2), chain.slice(-2)]
  return [...first, `… ${chain.length - longestChain} more …`, ...last]
}

function hintFor(fault: EngineFault): string {
  switch (fault.kind) {
    case 'template':
      return 'Look at the template line that is named, and at the values that reach it.'
    case 'yaml':
      return 'Correct the text; if it holds templates, its ConfigMap needs the annotation `projectsveltos.io/template`.'
    case 'chart':
      return 'Run `helm dependency update` and commit the result, or correct Chart.yaml.'
    case 'kube-version':
      return 'Choose a version of the chart that supports the cluster, or upgrade the cluster.'
    case 'schema':
      return 'Correct the values, or set `options.skipSchemaValidation: true` on the chart.'
    case 'values':
      return 'Correct the YAML in `values` or in the referenced ConfigMap.'
    case 'kustomize':
    case 'missing-file':
      return 'Run `kustomize build` in that folder and correct what it names.'
    case 'remote':
      return 'Put the file into the chart or the repository: rendering has no network.'
    case 'patch':
      return 'Compare the patch with the object that it is to change.'
    case 'limit':
      return 'Look for a loop or a text that grows without end: no unit needs that much.'
    case 'crash':
      return 'Report it with the chart and its values; the other renders went on.'
  }
}

/** `holder` is the unit whose folder has the object. */
export function objectHeld(place: UnitPlace, what: string, holder: string): Diagnostic {
  return diagnostic('render/object-held', {
    message: `${what} stays with ${holder}, which stays as it is; ${place.unit.name} does not get it meanwhile`,
    ...about(place),
    hint: `Resume or mend ${holder}, or take the object out of one of them.`,
  })
}

/** `keeper` is the profile that has the unit on the branch. */
export function unitHeld(place: UnitPlace, keeper: string): Diagnostic {
  const claimant = place.unit.claim.profile.id
  return diagnostic('render/object-held', {
    message: `${place.unit.name} stays with ${keeper}, which keeps what it has; ${claimant} does not get it meanwhile`,
    ...about(place),
    hint: `Resume or mend ${keeper}, or take the unit out of one of them.`,
  })
}

export function sourceUnavailable(place: UnitPlace, key: string): Diagnostic {
  return diagnostic('render/source-unavailable', {
    message: `${place.unit.name} stays as it is: its source ${key} could not be had`,
    ...about(place),
    hint: 'See the diagnostic about the source itself.',
  })
}

export function impure(place: UnitPlace, { random, clock }: Impurity): Diagnostic {
  const used = [random > 0 && 'randomness', clock > 0 && 'the clock'].filter(Boolean).join(' and ')
  return diagnostic('render/impure', {
    message: `${place.unit.name} draws on ${used}; its result is kept the same for the same inputs`,
    ...about(place),
    hint: 'Give the value explicitly, or take it from an existing Secret.',
  })
}

/** `looked` is what the facts do not say. */
export function lookupNotObserved(place: UnitPlace, looked: readonly Lookup[]): Diagnostic {
  const names = shortList(looked.map(lookupName))
  return diagnostic('render/lookup-not-observed', {
    message: `${place.unit.name} stays as it is: its chart looks up ${names}, and the facts of ${place.cluster} do not say what is there`,
    ...about(place),
    hint: 'Run `fleetwright observe`.',
  })
}

function lookupName({ kind, namespace, name }: Lookup): string {
  if (name !== '') return `${kind} ${namespace === '' ? '' : `${namespace}/`}${name}`
  return namespace === '' ? `every ${kind}` : `every ${kind} of ${namespace}`
}

function shortList(names: readonly string[]): string {
  const rest = names.length - 3
  return rest > 0 ? `${names.slice(0, 3).join(', ')} and ${rest} more` : names.join(' and ')
}

export function functionsBlocked(place: UnitPlace, calls: readonly BlockedCall[]): Diagnostic {
  const names = shortList(calls.map((call) => `${call.function} (${call.template})`))
  return diagnostic('render/function-blocked', {
    message: `${place.unit.name} calls ${names} in vain: templates see neither environment nor network`,
    ...about(place),
    hint: 'Write the value into the repository, or into an object that `templateResourceRefs` names.',
  })
}

export function randomnessWithoutKey(place: UnitPlace): Diagnostic {
  return diagnostic('render/randomness-without-key', {
    message: `${place.unit.name} draws on randomness, and FLEETWRIGHT_KEY is not set`,
    ...about(place),
    hint: 'Set FLEETWRIGHT_KEY, or give the chart the value that it would make up.',
  })
}

export function secretValueNeeded(place: UnitPlace, what: string): Diagnostic {
  return diagnostic('render/secret-value-needed', {
    message: `${place.unit.name}: ${what} would hold the value of a Secret`,
    ...about(place),
    hint: 'Refer to the Secret by name, or use External Secrets, SOPS, or `substituteFrom` of Flux.',
  })
}
