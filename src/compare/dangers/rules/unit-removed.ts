import type { FoundDanger, Rule, UnitInReview } from '../rule.ts'
import { counted, listed } from '../wording.ts'
import { isEmptied } from './cluster-emptied.ts'

/** "Dangers first: deletions" (design 8). A cluster that loses everything is one danger and not one for each add-on. */
export const unitRemoved: Rule = {
  name: 'unit-removed',
  severity: 'high',
  what: 'A cluster loses an add-on.',
  why: 'Delivery prunes what it applied: with the unit go all of its objects. A selector that no longer matches removes as surely as a deleted profile.',
  example: '  clusterSelector:\n    matchLabels:\n-     ingress: enabled\n+     ingress: "true"',
  fix: 'If it is meant, remove it in a change of its own. If the objects are to stay, set `stopMatchingBehavior: LeavePolicies` and merge that first.',
  looksAt: 'unit',
  *find(unit) {
    const { change, cluster } = unit
    if (change.change !== 'lost' || change.before === undefined) return
    if (change.before.kind === 'namespaces' || isEmptied(cluster)) return
    yield describe(unit, change.before)
  },
}

function describe(
  unit: UnitInReview,
  { count, settings, chart }: NonNullable<UnitInReview['change']['before']>,
): FoundDanger {
  const name = chart ? `${unit.change.unit} (chart ${chart.name} ${chart.version})` : unit.change.unit
  const objects = counted(count, 'object')
  if (settings.leave) {
    return {
      severity: 'medium',
      message: `${name} is removed; its ${objects} stay in the cluster, and nobody updates them any more`,
    }
  }
  const heirs = heirsOf(unit)
  const isMoved = heirs.length > 0 && unit.objects.every(({ change }) => change.delivery === true)
  if (isMoved) {
    return {
      severity: 'medium',
      message: `${name} is removed and its objects move to ${listed(heirs)}: what goes before the other applies it is gone for that long`,
    }
  }
  return { message: `${name} is removed with its ${objects}` }
}

/** Units of the cluster that get objects of it. */
function heirsOf({ cluster, change: { unit } }: UnitInReview): readonly string[] {
  const heirs = cluster.units.filter(({ objects }) =>
    objects.some(({ change }) => change.change === 'moved' && change.before?.unit === unit),
  )
  return heirs.map(({ change }) => change.unit)
}
