import type { FleetConfig } from '../config/types.ts'
import type { JsonObject } from '../engine/types.ts'
import { healthScript } from './argocd-health-script.ts'
import type { DeliveredCheck, RecordedUnit } from './types.ts'

/** For people to merge into Argo CD's settings: nothing applies what lies there. */
export const argocdHealthPath = 'delivery/argocd-cm/health.yaml'

export interface ArgocdHealth {
  /** A patch of the ConfigMap `argocd-cm`; absent where no check needs one. */
  readonly patch?: JsonObject
  /** Checks of a kind that profiles want judged in different ways, so that none is, with whom they disagree. */
  readonly disagreeing: ReadonlyMap<DeliveredCheck, string>
}

/**
 * Settings of Argo CD that the checks of all clusters ask for. Argo CD has one script a kind, whatever the cluster: where
 * profiles want different ones, there is none.
 */
export function argocdHealth(units: readonly RecordedUnit[], config: FleetConfig): ArgocdHealth {
  const kinds = new Map<string, Map<string, Wish>>()
  for (const { profile, checks = [], awaits = [] } of units)
    for (const [key, wanted] of Map.groupBy([...checks, ...awaits], settingOf)) {
      const scripts = [...new Set(wanted.flatMap(({ lua }) => lua ?? []))]
      if (scripts.length === 0) continue
      const wishes = kinds.get(key) ?? new Map<string, Wish>()
      kinds.set(key, wishes)
      const wish = wishes.get(JSON.stringify(scripts)) ?? { scripts, profiles: new Set(), checks: [] }
      wishes.set(JSON.stringify(scripts), wish)
      wish.profiles.add(profile)
      wish.checks.push(...wanted.filter(({ lua }) => lua !== undefined))
    }
  const sorted = [...kinds].sort(([a], [b]) => (a < b ? -1 : 1))
  const agreed = sorted.flatMap(([key, wishes]) => {
    const [wish, ...others] = wishes.values()
    return wish && others.length === 0 ? [[key, healthScript(wish.scripts)] as const] : []
  })
  return {
    ...(agreed.length > 0 && { patch: settings(agreed, config) }),
    disagreeing: new Map(sorted.flatMap(([, wishes]) => disagreements([...wishes.values()]))),
  }
}

interface Wish {
  readonly scripts: readonly string[]
  readonly profiles: Set<string>
  readonly checks: DeliveredCheck[]
}

function settingOf({ group, kind }: DeliveredCheck): string {
  return `${group}_${kind}`
}

function disagreements(wishes: readonly Wish[]): readonly (readonly [DeliveredCheck, string])[] {
  if (wishes.length < 2) return []
  return wishes.flatMap((wish) => {
    const others = wishes.flatMap(({ profiles }) => [...profiles]).filter((id) => !wish.profiles.has(id))
    const [other = [...wish.profiles].sort()[0] ?? ''] = others.sort()
    return wish.checks.map((check) => [check, other] as const)
  })
}

function settings(scripts: readonly (readonly [string, string])[], { rendered }: FleetConfig): JsonObject {
  const data = scripts.flatMap(([key, script]) => [
    [`resource.customizations.health.${key}`, script],
    [`resource.customizations.useOpenLibs.${key}`, 'true'],
  ])
  return {
    apiVersion: 'v1',
    kind: 'ConfigMap',
    metadata: { name: 'argocd-cm', namespace: rendered.argocd.namespace },
    data: Object.fromEntries(data) as Record<string, string>,
  }
}
