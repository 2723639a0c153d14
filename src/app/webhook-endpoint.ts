import type { IncomingMessage } from 'node:http'
import type { Answer } from './answer.ts'
import { createReadBody } from './request-body.ts'
import type { AppMetrics, DeliveryOutcome } from './telemetry/metrics.ts'
import type { ReceiveWebhook } from './webhooks.ts'

/** Probot's own, so that instructions for Probot apps hold. */
export const webhookPath = '/api/github/webhooks'

/** GitHub waits ten seconds for an answer; a failure that it hears of is one that it remembers. */
const answerWithinMs = 8000

export interface WebhookEndpointOptions {
  readonly receive: ReceiveWebhook
  readonly metrics: AppMetrics
  /** Milliseconds since the epoch. */
  readonly now: () => number
  readonly wait: (milliseconds: number, signal: AbortSignal) => Promise<void>
}

/** Events that are told apart in metrics: names of others are a stranger's choice. */
const countedEvents = new Set([
  ...['pull_request', 'push', 'check_suite', 'check_run', 'issue_comment', 'installation'],
  ...['installation_repositories', 'merge_group', 'repository_dispatch', 'repository', 'ping'],
])

/** A POST to the path of webhooks → its answer. Who is not GitHub learns nothing but that it is not taken. */
export function createWebhookEndpoint(
  options: WebhookEndpointOptions,
): (request: IncomingMessage) => Promise<Answer> {
  const { metrics, now } = options
  const readBody = createReadBody()
  return async (request) => {
    const started = now()
    const { event = '', answer, outcome } = await take(request)
    const isKnown = outcome !== 'refused' && countedEvents.has(event)
    metrics.delivery(isKnown ? event : 'other', outcome)
    metrics.acknowledged((now() - started) / 1000)
    return answer
  }

  async function take(request: IncomingMessage): Promise<Taken> {
    const headers = readHeaders(request)
    if ('refusal' in headers) return { outcome: 'refused', answer: headers.refusal }
    const read = await readBody(request)
    if ('fault' in read) return { ...headers, ...bodyFaults[read.fault] }
    // Only an object has an event in it.
    if (!read.body.trimStart().startsWith('{'))
      return { ...headers, outcome: 'refused', answer: refusal(400) }
    const outcome = await receiveInTime({ ...headers, body: read.body })
    return { ...headers, outcome, answer: answers[outcome] }
  }

  async function receiveInTime(webhook: Parameters<ReceiveWebhook>[0]): Promise<DeliveryOutcome> {
    const ended = new AbortController()
    const late = options.wait(answerWithinMs, ended.signal).then((): DeliveryOutcome => 'failed')
    try {
      return await Promise.race([options.receive(webhook), late])
    } finally {
      ended.abort()
    }
  }
}

interface Taken {
  readonly event?: string
  readonly outcome: DeliveryOutcome
  readonly answer: Answer
}

/** All without a word of why: what was wrong is no business of who is not GitHub. */
function refusal(status: number, close = false): Answer {
  return { status, body: { message: 'not accepted' }, close }
}

const answers: Readonly<Record<DeliveryOutcome, Answer>> = {
  queued: { status: 202, body: { message: 'queued' } },
  duplicate: { status: 200, body: { message: 'known' } },
  ignored: { status: 200, body: { message: 'nothing to do' } },
  malformed: { status: 200, body: { message: 'nothing to do' } },
  refused: refusal(401),
  failed: { status: 503, body: { message: 'not taken; deliver it again' } },
}

const bodyFaults: Readonly<Record<'too-large' | 'busy' | 'broken', Omit<Taken, 'event'>>> = {
  'too-large': { outcome: 'refused', answer: refusal(413, true) },
  busy: { outcome: 'failed', answer: { ...answers.failed, close: true } },
  broken: { outcome: 'refused', answer: refusal(400, true) },
}

/** What must be there before anything is read. */
function readHeaders({
  headers,
}: IncomingMessage):
  { readonly refusal: Answer } | { readonly id: string; readonly event: string; readonly signature: string } {
  const id = headers['x-github-delivery']
  const event = headers['x-github-event']
  const signature = headers['x-hub-signature-256']
  if (typeof signature !== 'string' || !/^sha256=[0-9a-f]{64}$/i.test(signature))
    return { refusal: refusal(401, true) }
  if (typeof id !== 'string' || !/^[0-9A-Za-z-]{1,64}$/.test(id)) return { refusal: refusal(400, true) }
  if (typeof event !== 'string' || !/^[a-z_]{1,64}$/.test(event)) return { refusal: refusal(400, true) }
  // A form is what GitHub sends when "Content type" of the webhook is not JSON, which GitHub Apps have by default.
  if (!/^\s*application\/json\s*(?:;|$)/i.test(headers['content-type'] ?? ''))
    return {
      refusal: {
        status: 415,
        body: { message: 'set the content type of the webhook to application/json' },
        close: true,
      },
    }
  return { id, event, signature: signature.toLowerCase() }
}
