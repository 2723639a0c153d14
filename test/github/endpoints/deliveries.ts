import type { Attempt, Delivery } from '../deliveries.ts'
import { notFound, ofApp, type Call, type Handlers } from '../handler.ts'

interface Attempted {
  readonly delivery: Delivery
  readonly attempt: Attempt
}

export const deliveryHandlers: Handlers = {
  'GET /app/hook/deliveries': {
    ...{ needs: [], by: 'app' },
    handle(call) {
      const { per_page: size = '30', cursor = 'v1_0', status } = call.query
      const all = attemptsOf(call)
        .filter(({ attempt }) => status === undefined || (status === 'success') === isSuccess(attempt))
        .sort((a, b) => b.attempt.id - a.attempt.id)
      const start = Number(/^v1_(\d+)$/.exec(cursor)?.[1] ?? 0)
      const end = start + Math.min(100, Number(size))
      const next = new URLSearchParams({ ...call.query, cursor: `v1_${end}` }).toString()
      return {
        status: 200,
        body: all.slice(start, end).map(toJson),
        headers:
          end < all.length
            ? { link: `<https://api.github.com/app/hook/deliveries?${next}>; rel="next"` }
            : {},
      }
    },
  },
  'POST /app/hook/deliveries/{delivery_id}/attempts': {
    ...{ needs: [], by: 'app' },
    handle(call) {
      const found = attemptsOf(call).find(({ attempt }) => attempt.id === Number(call.params['delivery_id']))
      if (found === undefined) return notFound()
      void call.deliveries.send(found.delivery, { isRedelivery: true })
      return { status: 202, body: {} }
    },
  },
}

function attemptsOf(call: Call): Attempted[] {
  const app = ofApp(call)
  return call.deliveries.all
    .filter((delivery) => delivery.app === app)
    .flatMap((delivery) => delivery.attempts.map((attempt) => ({ delivery, attempt })))
}

function isSuccess({ statusCode }: Attempt): boolean {
  return statusCode >= 200 && statusCode < 300
}

function toJson({ delivery, attempt }: Attempted): unknown {
  const { guid, event, action, installation, repository } = delivery
  const { id, deliveredAt, isRedelivery, durationSeconds, statusCode, status } = attempt
  return {
    ...{ id, guid, delivered_at: deliveredAt, redelivery: isRedelivery, duration: durationSeconds },
    ...{ status, status_code: statusCode, event, action: action ?? null },
    ...{ installation_id: installation ?? null, repository_id: repository ?? null, throttled_at: null },
  }
}
