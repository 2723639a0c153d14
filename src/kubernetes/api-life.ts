import { apiLives } from './api-life.generated.ts'
import { groupOf } from './object-key.ts'

/** When a kind of Kubernetes itself comes and goes: minors of Kubernetes 1, absent where nothing is said. */
export interface ApiLife {
  readonly introduced?: number
  readonly deprecated?: number
  /** The first minor that does not serve it any more. */
  readonly removed?: number
  /** What to write instead. */
  readonly replacement?: { readonly apiVersion: string; readonly kind: string }
}

const lives = new Map(apiLives.map(([api, ...life]) => [api, life]))

/**
 * As the API server itself judges what it warns of. Undefined for kinds that are not of Kubernetes itself, for alpha
 * versions, and for kinds of which it says nothing, as of most that are stable.
 */
export function apiLife(group: string, version: string, kind: string): ApiLife | undefined {
  const api = `${group === '' ? '' : `${group}/`}${version} ${kind}`
  const life = lives.get(api)
  if (life === undefined) return undefined
  const [introduced, deprecated, removed, replacement] = life
  const [apiVersion = '', replacingKind = ''] = replacement?.split(' ') ?? []
  return {
    ...(introduced > 0 && { introduced }),
    ...(deprecated > 0 && { deprecated }),
    ...(removed > 0 && { removed }),
    ...(replacement !== undefined && { replacement: { apiVersion, kind: replacingKind } }),
  }
}

/** The same of what an object says of itself. */
export function lifeOf(api: { readonly apiVersion: string; readonly kind: string }): ApiLife | undefined {
  const { apiVersion, kind } = api
  return apiLife(groupOf(apiVersion), apiVersion.slice(apiVersion.indexOf('/') + 1), kind)
}
