import { randomUUID } from 'node:crypto'
import { sign } from '@octokit/webhooks-methods'
import { accountJson, repositoryJson } from './answers.ts'
import type { AppState, InstallationState } from './apps.ts'
import { complete } from './complete.ts'
import type { Description } from './description.ts'
import type { Happening } from './state.ts'
import type { World } from './world.ts'

/** Something that an app is to be told. */
export interface Delivery {
  readonly guid: string
  readonly app: AppState
  readonly event: string
  readonly action: string | undefined
  readonly installation: number | undefined
  readonly repository: number | undefined
  readonly payload: Readonly<Record<string, unknown>>
  /** Each of them is a delivery of its own to the API. */
  readonly attempts: Attempt[]
}

export interface Attempt {
  readonly id: number
  readonly deliveredAt: string
  readonly isRedelivery: boolean
  readonly durationSeconds: number
  readonly statusCode: number
  readonly status: string
}

/** What becomes of a delivery: sent at once, held until somebody sends it, or lost on its way. */
export type Route = 'send' | 'hold' | 'lose'

export interface SendOptions {
  /** Instead of the app's own: a forger's. */
  readonly secret?: string
  /** Instead of GitHub's: `sha256=…`, or none. */
  readonly signature?: string | null
  readonly isRedelivery?: boolean
}

export interface Deliveries {
  /** Everything, the oldest first. */
  readonly all: readonly Delivery[]
  /** Those that wait for somebody to send or to lose them, the oldest first. */
  held(): readonly Delivery[]
  /** Decides for what comes from now on; `send` to begin with. */
  route(decide: Route | ((delivery: Delivery) => Route)): void
  /** Sends it now, again if it was sent before. Gives the status, 0 for no connection. */
  send(delivery: Delivery, options?: SendOptions): Promise<number>
  /** It does not arrive, and is kept as failed. */
  lose(delivery: Delivery): void
  /** One that no state stands behind: an example, or something forged. It is not sent. */
  make(app: AppState, event: string, payload: Readonly<Record<string, unknown>>): Delivery
  /** Resolves when nothing is on its way. */
  idle(): Promise<void>
  happened(happening: Happening): void
}

/** Apps get these whether they ask for them or not. */
const always = ['installation', 'installation_repositories', 'check_run', 'check_suite']

export function createDeliveries({
  world,
  apps,
  description,
  complain,
}: {
  readonly world: World
  readonly apps: Iterable<AppState>
  readonly description: Description
  readonly complain: (text: string) => void
}): Deliveries {
  const all: Delivery[] = []
  const held = new Set<Delivery>()
  const underWay = new Set<Promise<unknown>>()
  let checked = Promise.resolve()
  let decide: (delivery: Delivery) => Route = () => 'send'
  const deliveries: Deliveries = {
    all,
    held: () => [...held],
    route: (next) => void (decide = typeof next === 'string' ? () => next : next),
    async send(delivery, options = {}) {
      held.delete(delivery)
      const sending = attempt(delivery, options, world)
      underWay.add(sending)
      const made = await sending.finally(() => underWay.delete(sending))
      delivery.attempts.push(made)
      return made.status === notConnected ? 0 : made.statusCode
    },
    lose(delivery) {
      held.delete(delivery)
      delivery.attempts.push({ ...failed(world), isRedelivery: false })
    },
    make(app, event, payload) {
      const { action, installation, repository } = payload as {
        readonly action?: string
        readonly installation?: { readonly id: number }
        readonly repository?: { readonly id: number }
      }
      const ids = { installation: installation?.id, repository: repository?.id }
      const delivery = { guid: randomUUID(), app, event, action, payload, attempts: [], ...ids }
      all.push(delivery)
      return delivery
    },
    async idle() {
      while (underWay.size > 0) await Promise.all(underWay)
      await checked
    },
    happened(happening) {
      for (const app of apps) {
        const payloads = app.webhookUrl === undefined ? [] : payloadsOf(app, happening, world)
        for (const payload of payloads) deliver(app, happening, payload)
      }
    },
  }

  /** One after the other, and others in between: the first look at a schema takes a while. */
  function check(work: () => void): void {
    checked = checked.then(
      () =>
        new Promise((resolve) =>
          setImmediate(() => {
            work()
            resolve()
          }),
        ),
    )
  }

  function deliver(app: AppState, { event, action }: Happening, partial: object): void {
    const schema = description.webhookSchema(event, action)
    if (schema === undefined) {
      complain(`GitHub has no event ${event} ${action ?? ''}`)
      return
    }
    const whole = complete(description, schema, partial) as Readonly<Record<string, unknown>>
    check(() => {
      for (const fault of description.faults(`webhook ${event} ${action ?? ''}`, schema, whole, 'open'))
        complain(`the payload of ${event} ${action ?? ''} is not as described: ${fault}`)
    })
    // Not to be changed by what happens later.
    const payload = JSON.parse(JSON.stringify(whole)) as typeof whole
    const delivery = deliveries.make(app, event, payload)
    const route = decide(delivery)
    if (route === 'hold') held.add(delivery)
    if (route === 'send') void deliveries.send(delivery)
    if (route === 'lose') deliveries.lose(delivery)
  }
  return deliveries
}

/** One for each installation that sees it. */
function payloadsOf(app: AppState, happening: Happening, world: World): object[] {
  const { event, action, sender, repository, payload, only } = happening
  if (only !== undefined && only !== app.slug) return []
  if (!always.includes(event) && !app.events.includes(event)) return []
  const common = { ...(action !== undefined && { action }), sender: accountJson(sender) }
  if (repository === undefined) return [{ ...payload, ...common }]
  const sees = (installation: InstallationState): boolean =>
    !installation.isRemoved && installation.suspendedAt === undefined && installation.covers(repository)
  return app.installations.filter(sees).map(({ id }) => ({
    ...payload,
    ...common,
    repository: repositoryOf(event, repositoryJson(world, repository)),
    installation: { id, node_id: `I_${id}` },
  }))
}

/** Pushes tell times of repositories in seconds. */
function repositoryOf(event: string, repository: Record<string, unknown>): unknown {
  return event === 'push'
    ? { ...repository, created_at: 1_767_322_800, pushed_at: 1_767_322_800 }
    : repository
}

/** GitHub waits that long for an answer. */
const timeLimitMs = 10_000
const notConnected = 'failed to connect to host'

async function attempt(delivery: Delivery, options: SendOptions, world: World): Promise<Attempt> {
  const { app, event, guid, payload } = delivery
  const { secret = app.webhookSecret, isRedelivery = false } = options
  const body = JSON.stringify(payload)
  const signature = options.signature === undefined ? await sign(secret, body) : options.signature
  const began = performance.now()
  try {
    const response = await fetch(app.webhookUrl ?? '', {
      method: 'POST',
      body,
      signal: AbortSignal.timeout(timeLimitMs),
      headers: {
        ...{ 'content-type': 'application/json', 'user-agent': 'GitHub-Hookshot/1234567' },
        ...{ 'x-github-delivery': guid, 'x-github-event': event, 'x-github-hook-id': '1' },
        'x-github-hook-installation-target-id': String(app.id),
        'x-github-hook-installation-target-type': 'integration',
        ...(signature !== null && { 'x-hub-signature-256': signature }),
      },
    })
    await response.arrayBuffer()
    return {
      ...{ ...failed(world), isRedelivery, durationSeconds: (performance.now() - began) / 1000 },
      ...{
        statusCode: response.status,
        status: response.ok ? 'OK' : `Invalid HTTP Response: ${response.status}`,
      },
    }
  } catch {
    return { ...failed(world), isRedelivery }
  }
}

function failed(world: World): Omit<Attempt, 'isRedelivery'> {
  const deliveredAt = new Date(world.time.now()).toISOString()
  return { id: world.nextId(), deliveredAt, durationSeconds: 0, statusCode: 502, status: notConnected }
}
