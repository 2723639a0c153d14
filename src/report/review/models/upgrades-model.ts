import type { Upgrade } from '../../../compare/types.ts'
import type { Review } from '../../types.ts'
import { countOf } from '../counts.ts'
import { fleetText, maybeText, type FleetText } from '../fleet-text.ts'
import { placementRows, versionOfChange } from '../placement.ts'
import { namesOf, type Names } from './names.ts'

export interface UpgradesModel {
  readonly upgrades: readonly UpgradeModel[]
}

interface UpgradeModel {
  readonly details: boolean
  readonly who: FleetText
  readonly step: FleetText
  readonly machines: string | undefined
  readonly replaced: readonly { readonly name: FleetText; readonly what: string }[]
  readonly labels: readonly {
    readonly key: FleetText
    readonly before: FleetText | undefined
    readonly after: FleetText | undefined
    readonly classifier: FleetText
  }[]
  readonly lostApis: readonly (Names & { readonly api: FleetText })[]
  readonly lost: string | undefined
  readonly follows: readonly {
    readonly unit: FleetText
    readonly change: string
    readonly step: FleetText | undefined
  }[]
  readonly more: string | undefined
}

/** `steps`: clusters that go the same step are one. */
export type UpgradesLevel = 'full' | 'lines' | 'steps'

const mostFollowing = 20

export function upgradesModel({ upgrades }: Review, level: UpgradesLevel): UpgradesModel | undefined {
  if (upgrades.length === 0) return undefined
  if (level !== 'steps')
    return { upgrades: upgrades.map((upgrade) => upgradeModel(upgrade, level === 'full')) }
  const steps = Map.groupBy(upgrades, ({ from, to }) => `${from} → ${to}`)
  return {
    upgrades: [...steps.values()].flatMap((group) => {
      const [first] = group
      if (first === undefined) return []
      const who = group.length === 1 ? `\`${first.cluster}\`` : countOf(group.length, 'cluster')
      return [
        {
          ...upgradeModel(first, false),
          who: fleetText(who),
          machines: undefined,
          lost: undefined,
          more: undefined,
        },
      ]
    }),
  }
}

function upgradeModel(upgrade: Upgrade, details: boolean): UpgradeModel {
  const { cluster, from, to, machines, labels, lostApis, follows } = upgrade
  const rows = placementRows(follows.folds)
  const shown = details ? (rows.length <= mostFollowing + 1 ? rows : rows.slice(0, mostFollowing)) : []
  const known = machines.filter(({ replicas }) => replicas !== undefined)
  const replaced = known.reduce((sum, { replicas = 0 }) => sum + replicas, 0)
  const rest = rows.length - shown.length
  return {
    details,
    who: fleetText(`\`${cluster}\``),
    step: fleetText(`${from} → ${to}`),
    machines: known.length === 0 ? undefined : `${countOf(replaced, 'machine')} replaced`,
    replaced: machines.map(({ kind, name, replicas }) => ({
      name: fleetText(`${kind} ${name}`),
      what: replicas === undefined ? 'its machines are replaced' : `${countOf(replicas, 'machine')} replaced`,
    })),
    labels: labels.map(({ key, before, after, classifier }) => ({
      key: fleetText(key),
      before: maybeText(before),
      after: maybeText(after),
      classifier: fleetText(classifier),
    })),
    lostApis: lostApis.map(({ api, objects }) => ({ api: fleetText(api), ...namesOf(objects) })),
    lost: lostApis.length === 0 ? undefined : `${countOf(lostApis.length, 'API')} lost that objects use`,
    follows: shown.map((row) => ({
      unit: fleetText(row.unit),
      change: row.change,
      step: maybeText(versionOfChange(row)),
    })),
    more:
      rest === 0
        ? undefined
        : `${countOf(rest, details ? 'more add-on' : 'add-on')} ${rest === 1 ? 'follows' : 'follow'}`,
  }
}
