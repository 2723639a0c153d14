import { AsyncLocalStorage } from 'node:async_hooks'
import { pino } from 'pino'
import { Probot, ProbotOctokit } from 'probot'
import { createApp } from './app.ts'
import type { TakeDelivery } from './deliveries.ts'
import type { Settings } from './settings.ts'
import type { DeliveryOutcome } from './telemetry/metrics.ts'
import type { Log } from './types.ts'

/** What came to the path of webhooks, unread. */
export interface Webhook {
  readonly id: string
  readonly event: string
  /** `sha256=…` */
  readonly signature: string
  readonly body: string
}

export type ReceiveWebhook = (webhook: Webhook) => Promise<DeliveryOutcome>

/**
 * Probot with the one app function. Its middleware for Node is not used: it reads bodies of any length, answers strangers with
 * texts of errors, and says 202 after nine seconds to what may yet fail, which would then be lost. What it calls is called here.
 */
export async function createReceiveWebhook(
  { appId, privateKey, webhookSecret, apiUrl }: Settings,
  take: TakeDelivery,
  log: Log,
): Promise<ReceiveWebhook> {
  const answers = new AsyncLocalStorage<{ outcome: DeliveryOutcome }>()
  const probot = new Probot({
    ...{ appId, privateKey, baseUrl: apiUrl },
    secret: webhookSecret,
    // It would log whole payloads, and those of strangers too.
    log: pino({ level: 'silent' }),
    // One is made for each event, and nothing is asked with it.
    Octokit: ProbotOctokit.defaults({ throttle: { enabled: false }, retry: { enabled: false } }),
  })
  await probot.ready()
  const app = createApp(async (delivery) => {
    const outcome = await take(delivery)
    const answer = answers.getStore()
    if (answer) answer.outcome = outcome
    return outcome
  })
  await probot.load(app)
  return async ({ id, event, signature, body }) => {
    const answer: { outcome: DeliveryOutcome } = { outcome: 'ignored' }
    try {
      await answers.run(answer, () =>
        probot.webhooks.verifyAndReceive({ id, name: event, payload: body, signature }),
      )
      return answer.outcome
    } catch (error) {
      if (isRefusal(error)) return 'refused'
      log.error('delivery-failed', { delivery: id, webhook: event, error })
      return 'failed'
    }
  }
}

/** The signature does not hold, or what was signed is no JSON. */
function isRefusal(error: unknown): boolean {
  const first: unknown = error instanceof AggregateError ? error.errors[0] : error
  return first instanceof Error && 'status' in first && first.status === 400
}
