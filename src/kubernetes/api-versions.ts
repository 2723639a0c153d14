import { releases, servedKinds } from './api-versions.generated.ts'
import { groupOf } from './object-key.ts'
import { compareText } from './text-order.ts'

/** One kind with an endpoint of its own. */
export interface ServedApi {
  /** Empty for the core group. */
  readonly group: string
  readonly version: string
  readonly kind: string
  readonly namespaced: boolean
}

/** The table's answer for a minor that it may not have. */
export interface NearestMinor {
  /** A minor of the table. */
  readonly minor: number
  /** `newer`, `older`: what was asked lies beyond the table, and `minor` is its end on that side; say so to the user. */
  readonly asked: 'known' | 'newer' | 'older'
}

/** The minors of Kubernetes 1 that the table knows, ascending, without gaps. */
export function knownMinors(): readonly number[] {
  return releases.map((release) => Number(release.split('.')[1]))
}

/** `v1.34.2-eks-1` → 34; undefined for what is no version of Kubernetes 1. */
export function minorOf(kubeVersion: string): number | undefined {
  // Some providers' `minor` carries a plus sign; a git version never does, yet people copy either.
  const match = /^v?1\.(\d+)(?![\d])/.exec(kubeVersion)
  return match === null ? undefined : Number(match[1])
}

/** The minor itself where the table knows it, else the end of the table that is nearest. */
export function nearestMinor(minor: number): NearestMinor {
  const known = knownMinors()
  const oldest = Math.min(...known)
  const newest = Math.max(...known)
  if (minor > newest) return { minor: newest, asked: 'newer' }
  if (minor < oldest) return { minor: oldest, asked: 'older' }
  return { minor, asked: 'known' }
}

/**
 * What a server of that minor serves without flags: no alpha, no beta that is off by default, no subresources; sorted.
 * Beyond the table's ends its nearest minor answers: ask `nearestMinor` whether that is the case.
 */
export function servedApis(minor: number): readonly ServedApi[] {
  return rowsOf(minor)
    .filter(([, , scope]) => scope !== 'subresource')
    .map(([groupVersion, kind, scope]) => ({
      group: groupOf(groupVersion),
      version: groupVersion.slice(groupVersion.indexOf('/') + 1),
      kind,
      namespaced: scope === 'namespaced',
    }))
}

/**
 * What Helm gathers from such a server for `.Capabilities.APIVersions`: `apps/v1` and `apps/v1/Deployment`, sorted.
 * Kinds of subresources are in it, as Helm takes every row of discovery (`apps/v1/Scale`).
 */
export function apiVersionList(minor: number): readonly string[] {
  const rows = rowsOf(minor)
  const list = new Set(rows.flatMap(([groupVersion, kind]) => [groupVersion, `${groupVersion}/${kind}`]))
  return [...list].sort(compareText)
}

/** `<group>/<Kind>` → namespaced; the core group is empty: `/Pod`. */
export function builtInScopes(minor: number): Readonly<Record<string, boolean>> {
  return Object.fromEntries(servedApis(minor).map((api) => [`${api.group}/${api.kind}`, api.namespaced]))
}

function rowsOf(minor: number): typeof servedKinds {
  const nearest = nearestMinor(minor).minor
  return servedKinds.filter(([, , , from, to]) => from <= nearest && nearest <= to)
}
