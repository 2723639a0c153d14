import type { Probot } from 'probot'
import type { TakeDelivery } from './deliveries.ts'

/** The Probot app: every webhook goes into the queue, and nothing else happens before it is answered. */
export function createApp(take: TakeDelivery): (probot: Probot) => void {
  return (probot) => {
    probot.onAny(async ({ id, name, payload }) => {
      await take({ id, event: name, payload })
    })
  }
}
