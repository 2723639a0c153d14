// A process of its own that shares a queue: `node queue-process.ts PLACE LEASES ACTION ARGUMENT`, each as JSON. It writes one
// line when it has done what it was asked, and stays until it is killed, but for `add`.
import type { QueuedWork } from '../../src/review/work-queue-port.ts'
import { openPlace, type Leases, type QueuePlace } from './queue-place.ts'

const [place, leases, action, argument] = process.argv
  .slice(2)
  .map((text) => JSON.parse(text) as unknown) as [QueuePlace, Leases, 'add' | 'claim', unknown]
const { queue, state } = await openPlace(place, leases)
if (action === 'add') {
  const { works, delivery } = argument as {
    readonly works: readonly QueuedWork[]
    readonly delivery?: string
  }
  const isNew = await queue.add(works, { ...(delivery !== undefined && { delivery }) })
  console.log(JSON.stringify(isNew))
  await queue.close()
  await state.close()
} else {
  const claim = await queue.claim('child')
  console.log(JSON.stringify(claim?.work.key ?? null))
  // Until it is killed.
  setInterval(() => undefined, 60_000)
}
