import { createHmac, randomUUID } from 'node:crypto'

/** Of the app in tests. */
export const webhookSecret = 'a secret of nobody but tests'

/** Repository that the payloads below are about. */
export const repository = { installation: 12, owner: 'acme', name: 'fleet' } as const

const common = {
  installation: { id: repository.installation },
  repository: { name: repository.name, owner: { login: repository.owner }, default_branch: 'main' },
  sender: { login: 'ada', type: 'User' },
}

/** What GitHub sends of a push, as far as it is read. */
export function pushPayload(branch = 'main'): object {
  return {
    ...common,
    ref: `refs/heads/${branch}`,
    deleted: false,
    after: 'a'.repeat(40),
    before: 'b'.repeat(40),
  }
}

export interface SentWebhook {
  readonly event?: string
  readonly id?: string
  readonly payload?: object | string
  /** Instead of the right one; undefined: none. */
  readonly signature?: string | undefined
  readonly headers?: Readonly<Record<string, string>>
}

/** Sends a webhook as GitHub does, with the signature that GitHub would make. */
export function sendWebhook(url: string, webhook: SentWebhook = {}): Promise<Response> {
  const { event = 'push', id = randomUUID(), payload = pushPayload(), headers = {} } = webhook
  const body = typeof payload === 'string' ? payload : JSON.stringify(payload)
  const signature = 'signature' in webhook ? webhook.signature : sign(body)
  return fetch(`${url}/api/github/webhooks`, {
    method: 'POST',
    headers: {
      'content-type': 'application/json',
      'x-github-event': event,
      'x-github-delivery': id,
      ...(signature !== undefined && { 'x-hub-signature-256': signature }),
      ...headers,
    },
    body,
  })
}

/** By Node's own hash, not by the library that checks it. */
export function sign(body: string, secret = webhookSecret): string {
  return `sha256=${createHmac('sha256', secret).update(body).digest('hex')}`
}
