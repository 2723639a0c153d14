import type { Report } from '../../diagnostics/types.ts'
import { notEnforced } from '../diagnostics.ts'
import { notificationsNotSent, notStaged } from '../fleet-diagnostics.ts'
import type { Fleet } from '../types.ts'

/** Says of every kind that is checked and has no effect yet what is missing for it (decision 20 for roles and promotions). */
export function checkNotes(fleet: Fleet, report: Report): void {
  for (const { document, notifications } of fleet.clusterHealthChecks)
    if (notifications.length > 0) report(notificationsNotSent(document, notifications))
  for (const { document, name } of fleet.roleRequests)
    report(notEnforced(document, ['kind'], `RoleRequest \`${name}\``))
  for (const { document, stages } of fleet.promotions) report(notStaged(document, stages.length))
}
