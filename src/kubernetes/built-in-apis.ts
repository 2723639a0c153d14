import { lifeOf } from './api-life.ts'
import { apiLives } from './api-life.generated.ts'
import { knownMinors, nearestMinor, servedApis } from './api-versions.ts'
import { groupOf } from './object-key.ts'
import { compareVersions } from './version-order.ts'

/** What an object says of its API. */
export interface UsedApi {
  readonly apiVersion: string
  readonly kind: string
}

const groups = new Set([
  ...apiLives.map(([api]) => groupOf(api.slice(0, api.indexOf(' ')))),
  ...knownMinors().flatMap((minor) => servedApis(minor).map(({ group }) => group)),
])

/** Whether Kubernetes itself has the group, or had it: nobody else may define kinds in it. */
export function isBuiltInGroup(group: string): boolean {
  return groups.has(group)
}

const served = new Map(
  knownMinors().map((minor) => [
    minor,
    new Set(servedApis(minor).map(({ group, version, kind }) => apiName(group, version, kind))),
  ]),
)

function apiName(group: string, version: string, kind: string): string {
  return `${group}/${version} ${kind}`
}

/** Whether a server of that minor serves it without being told to; beyond the table its ends answer. */
export function isServedByDefault({ apiVersion, kind }: UsedApi, minor: number): boolean {
  const api = apiName(groupOf(apiVersion), versionOf(apiVersion), kind)
  return served.get(nearestMinor(minor).minor)?.has(api) ?? false
}

/** The first known minor that serves it by default; undefined where none does. */
export function servedFrom(api: UsedApi): number | undefined {
  return knownMinors().find((minor) => isServedByDefault(api, minor))
}

/** What to write instead: what Kubernetes says, else the best version of the kind; undefined where the minor serves neither. */
export function replacementOf(api: UsedApi, minor: number): UsedApi | undefined {
  const named = lifeOf(api)?.replacement
  if (named && isServedByDefault(named, minor)) return named
  const group = groupOf(api.apiVersion)
  const [version] = servedApis(minor)
    .filter((other) => other.group === group && other.kind === api.kind)
    .map((other) => other.version)
    .sort(compareVersions)
  if (version === undefined) return undefined
  const apiVersion = group === '' ? version : `${group}/${version}`
  return apiVersion === api.apiVersion ? undefined : { apiVersion, kind: api.kind }
}

function versionOf(apiVersion: string): string {
  return apiVersion.slice(apiVersion.indexOf('/') + 1)
}
