import { apiVersionList, minorOf } from '../../kubernetes/api-versions.ts'
import { isBuiltInGroup, isServedByDefault, type UsedApi } from '../../kubernetes/built-in-apis.ts'
import { groupOf } from '../../kubernetes/object-key.ts'
import type { ClusterPlan } from '../../resolve/types.ts'
import type { ObjectPlace } from '../types.ts'
import { listAt, mapAt, textAt } from './read-value.ts'
import type { ClusterInReview, UnitInReview } from './rule.ts'

/** An object that the change makes or touches, and the minor of its cluster. */
export interface ApiUse {
  readonly object: ObjectPlace
  readonly minor: number
  readonly plan: ClusterPlan
  /** It did not use this API before. */
  readonly isNew: boolean
}

/** Objects that go to the cluster itself; those that deliver a unit, and local ones, go to the management cluster. */
export function* usesOf({ cluster, change, objects }: UnitInReview): Iterable<ApiUse> {
  const plan = cluster.planAfter
  const minor = minorOf(plan?.kubeVersion ?? '')
  if (plan === undefined || minor === undefined || change.after?.settings.local === true) return
  for (const { change: object } of objects) {
    const { before, after, delivery } = object
    if (after === undefined || delivery === true) continue
    const isNew = before?.apiVersion !== after.apiVersion || before.kind !== after.kind
    yield { object: after, minor, plan, isNew }
  }
}

/** `policy/v1beta1 PodSecurityPolicy`. */
export function apiText({ apiVersion, kind }: UsedApi): string {
  return `${apiVersion} ${kind}`
}

/** End of a sentence: `; policy/v1 PodDisruptionBudget takes its place`. */
export function insteadText(api: UsedApi | undefined): string {
  return api ? `; ${apiText(api)} takes its place` : ''
}

/** Whether the cluster has it, as far as anything says: undefined where nothing does. */
export function isServed(api: UsedApi, { plan, minor }: ApiUse, unit: UnitInReview): boolean | undefined {
  const { served, isAssumed } = known(plan.apiVersions, minor)
  if (served.has(`${api.apiVersion}/${api.kind}`)) return true
  if (isBuiltInGroup(groupOf(api.apiVersion))) return isServedByDefault(api, minor)
  const rendered = renderedVersions(unit.cluster, api)
  if (rendered !== undefined) return rendered.has(api.apiVersion)
  if (isAssumed) return undefined
  const kind = `${groupOf(api.apiVersion)}/${api.kind}`
  // A definition of a unit that stays as it is was not read; the cluster serves it once it is applied.
  if (plan.scopes[kind] !== undefined || unit.after?.kinds?.includes(kind) === true) return false
  return undefined
}

interface KnownApis {
  readonly served: ReadonlySet<string>
  /** Without facts a plan assumes what Kubernetes serves by itself, and nothing is known of other kinds. */
  readonly isAssumed: boolean
}

/** By the list of a plan, which clusters of one version share. */
const knownApis = new WeakMap<readonly string[], KnownApis>()

function known(apiVersions: readonly string[], minor: number): KnownApis {
  const found = knownApis.get(apiVersions) ?? {
    served: new Set(apiVersions),
    isAssumed: isSameList(apiVersions, apiVersionList(minor)),
  }
  knownApis.set(apiVersions, found)
  return found
}

function isSameList(a: readonly string[], b: readonly string[]): boolean {
  return a.length === b.length && a.every((item, index) => item === b[index])
}

const definitions = new WeakMap<ClusterInReview, ReadonlyMap<string, ReadonlySet<string>>>()

/** API versions of a kind that a definition among what is rendered for the cluster serves. */
function renderedVersions(cluster: ClusterInReview, api: UsedApi): ReadonlySet<string> | undefined {
  const defined = definitions.get(cluster) ?? readDefinitions(cluster)
  definitions.set(cluster, defined)
  return defined.get(`${groupOf(api.apiVersion)}/${api.kind}`)
}

function readDefinitions({ after }: ClusterInReview): ReadonlyMap<string, ReadonlySet<string>> {
  const objects = [...(after?.units.values() ?? [])]
    .filter(({ settings }) => !settings.local)
    .flatMap((unit) => unit.objects)
    .filter(
      ({ kind, apiVersion }) =>
        kind === 'CustomResourceDefinition' && groupOf(apiVersion) === 'apiextensions.k8s.io',
    )
  return new Map(
    objects.map(({ value }) => {
      const spec = mapAt(value, ['spec'])
      const group = textAt(spec, ['group']) ?? ''
      const single = textAt(spec, ['version'])
      const versions = listAt(spec, ['versions'])
        .filter((version) => mapAt(version, [])?.['served'] !== false)
        .flatMap((version) => textAt(version, ['name']) ?? [])
      const names = [...versions, ...(single === undefined ? [] : [single])]
      return [
        `${group}/${textAt(spec, ['names', 'kind']) ?? ''}`,
        new Set(names.map((version) => `${group}/${version}`)),
      ]
    }),
  )
}
