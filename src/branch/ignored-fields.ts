import { RE2JS } from 're2js'
import type { FleetConfig } from '../config/types.ts'
import type { Diagnostic } from '../diagnostics/types.ts'
import type { JsonObject } from '../engine/types.ts'
import type { DriftExclusion, PatchTarget, Profile } from '../intent/types.ts'
import { parseSelector } from '../kubernetes/selector-text.ts'
import { driftExclusionNotDelivered } from './diagnostics.ts'

/** What a profile's `driftExclusions` give its units, and what of them delivery cannot do. Pure. */
export function ignoredFields(
  profile: Profile,
  engines: FleetConfig['rendered']['delivery'],
): { readonly ignores?: readonly DriftExclusion[]; readonly diagnostics: readonly Diagnostic[] } {
  const ignores: DriftExclusion[] = []
  const diagnostics: Diagnostic[] = []
  profile.spec.driftExclusions.forEach((exclusion, index) => {
    const fault = faultOf(exclusion)
    if (fault !== undefined) diagnostics.push(driftExclusionNotDelivered(profile, index, { since: fault }))
    else {
      ignores.push(exclusion)
      if (engines.includes('argocd') && toIgnoreDifferences(exclusion) === undefined)
        diagnostics.push(driftExclusionNotDelivered(profile, index, { engine: 'Argo CD', since: notNamed }))
    }
  })
  return { ...(ignores.length > 0 && { ignores }), diagnostics }
}

const notNamed = 'it knows objects by group, kind, namespace and name, not by labels or patterns'

/** Without these, what is applied would be no object. */
const identity = new Set([
  '',
  '/',
  '/apiVersion',
  '/kind',
  '/metadata',
  '/metadata/name',
  '/metadata/namespace',
])

/** What Sveltos refuses too (sveltos.md 13.4): it would fail when the object is applied again. */
function faultOf({ paths, target }: DriftExclusion): string | undefined {
  if (target === undefined) return 'it has no `target`'
  const relative = paths.find((path) => path !== '' && !path.startsWith('/'))
  if (relative !== undefined) return `the path \`${relative}\` does not begin with \`/\``
  const covering = paths.find((path) => identity.has(path))
  if (covering !== undefined) return `the path \`${covering}\` covers what makes the object`
  const { labelSelector = '', annotationSelector = '', ...patterns } = target
  const pattern = Object.values(patterns).find((one) => !isPattern(one))
  if (pattern !== undefined) return `\`${pattern}\` is no regular expression`
  const selector = [labelSelector, annotationSelector].find((text) => !isSelector(text))
  return selector === undefined ? undefined : `\`${selector}\` is no selector`
}

/** A LabelSelector cannot say `k!=v`; the selectors of patches can. */
function isSelector(text: string): boolean {
  return parseSelector(text.replaceAll('!=', '=')).ok
}

function isPattern(text: string): boolean {
  try {
    RE2JS.compile(text)
    return true
  } catch {
    return false
  }
}

/** As a rule of a Flux Kustomization, which selects as Sveltos does: by anchored patterns and by selectors. */
export function toIgnoreRule({ paths, target }: DriftExclusion): JsonObject {
  return { paths: [...paths], ...(target && { target: { ...target } }) }
}

/**
 * As an entry of an Application's `ignoreDifferences`; undefined where it cannot say which objects are meant. The version
 * is left out: a unit has its objects in one.
 */
export function toIgnoreDifferences({ paths, target = {} }: DriftExclusion): JsonObject | undefined {
  const { group, kind, namespace, name, labelSelector = '', annotationSelector = '' } = target
  if (labelSelector !== '' || annotationSelector !== '') return undefined
  const names = [group, kind, namespace, name].map(nameOf)
  if (names.includes(undefined)) return undefined
  const [anyGroup = '', anyKind = '', oneNamespace = '', oneName = ''] = names
  return {
    group: anyGroup === '' ? '*' : anyGroup,
    kind: anyKind === '' ? '*' : anyKind,
    ...(oneNamespace !== '' && { namespace: oneNamespace }),
    ...(oneName !== '' && { name: oneName }),
    jsonPointers: [...paths],
  }
}

/** The one name that a pattern means; empty for any. A dot in a name is meant as one. */
function nameOf(pattern: PatchTarget['name'] = ''): string | undefined {
  if (pattern === '.*') return ''
  return /^[A-Za-z0-9.-]*$/.test(pattern) ? pattern : undefined
}
