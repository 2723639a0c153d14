import { formatHealthRows, toHealthRows } from '../report/report.ts'
import { emptyPlan } from '../resolve/resolve.ts'
import { show } from './show-fleet-command.ts'

/** `fleetwright show health`. */
export const runShowHealth = show({
  until: 'plan',
  show({ plan = emptyPlan }) {
    const rows = toHealthRows(plan.health)
    const isEmpty = rows.conditions.length === 0 && rows.objects.length === 0
    return { text: isEmpty ? 'no health checks\n' : formatHealthRows(rows), json: rows }
  },
})
