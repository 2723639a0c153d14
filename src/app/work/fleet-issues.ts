import { z } from 'zod'
import { fleetIssueMarker, parseKept, planFleetIssues, type WantedIssue } from '../../review/review.ts'
import { fleetIssuesKey } from './state-keys.ts'
import type { WorkContext } from './work-context.ts'

const toldRows = z.record(z.string(), z.string())

/**
 * Brings the issues about what stands in the way of the fleet to what does. Where nothing does and nothing did, nobody is
 * asked. May be cut off anywhere and done again.
 */
export async function tellFleetIssues(
  { ports, repository, github: { issues }, run }: WorkContext,
  wanted: readonly WantedIssue[],
): Promise<void> {
  const key = fleetIssuesKey(repository)
  const noted = await ports.state.get(key)
  if (wanted.length === 0 && noted === undefined) return
  const told = new Map(Object.entries(parseKept(toldRows, noted) ?? {}))
  const plan = planFleetIssues({ wanted, standing: await issues.listOwn(fleetIssueMarker), told })
  // First: whoever comes after a crash knows that there may be one.
  if (noted === undefined) await ports.state.put(new Map([[key, '{}']]))
  for (const effect of plan.effects) {
    run.signal.throwIfAborted()
    switch (effect.type) {
      case 'open': {
        const { title, body } = effect
        const { number } = await issues.open({ title, body })
        run.log.warn('fleet-issue-opened', { issue: number })
        break
      }
      case 'update': {
        const { number, title, body } = effect
        await issues.update(number, { title, body })
        break
      }
      case 'close':
        await issues.close(effect.number, effect.why)
        run.log.info('fleet-issue-closed', { issue: effect.number })
    }
  }
  const now = plan.told.size === 0 ? undefined : JSON.stringify(Object.fromEntries(plan.told))
  if (now !== noted) await ports.state.put(new Map([[key, now]]))
}
