import { createAppAuth } from '@octokit/auth-app'
import { retry } from '@octokit/plugin-retry'
import { throttling } from '@octokit/plugin-throttling'
import { Octokit } from '@octokit/rest'
import type { Waiting } from '../retry/waiting.ts'
import { withConditionalRequests, type AnswerCache } from './conditional-fetch.ts'
import { toReviewerError, type Operation } from './failure.ts'
import { limitOf, readAnswer } from './limits.ts'
import { createPace, createWritePace, type Pace } from './pace.ts'
import { createPause, type Pause } from './pause.ts'
import type { BudgetGauge } from './request-budget.ts'
import type { Fetch } from './transport.ts'

export interface ClientOptions {
  /** `https://api.github.com`, or `https://<host>/api/v3` of an Enterprise server. */
  readonly apiUrl: string
  readonly identity: TokenBearer | AppKey
  /** `fleetwright/1.2.3`. */
  readonly userAgent: string
  readonly fetch: Fetch
  readonly cache: AnswerCache
  readonly waiting: Waiting
  readonly maxPauseMs: number
  readonly budget?: BudgetGauge
  /** How fast it writes, shared by all who write as one. Default: a pace of its own, `createWritePace`. */
  readonly writePace?: Pace
}

export interface TokenBearer {
  /** Asked before each request: tokens of installations expire. */
  readonly token: () => Promise<string>
  /** Told of one that GitHub did not take, or not for what was asked. */
  readonly refused?: (token: string) => void
}

/** The app itself, which signs a token for each request, in GitHub's time where the machine's clock is wrong. */
export interface AppKey {
  readonly appId: string
  /** PEM. */
  readonly privateKey: string
}

export interface GitHubClient {
  /** One operation, its failure as ReviewerError. */
  ask<T>(operation: Operation, work: (octokit: Octokit) => Promise<T>): Promise<T>
}

type OctokitResponse<T> = Awaited<ReturnType<Octokit['request']>> & { readonly data: T }

interface RequestOptions {
  readonly method: string
  readonly url: string
  readonly headers: Record<string, string | number | undefined>
  request?: Record<string, unknown>
}

const maxLimitedRetries = 2

/**
 * Octokit whose plugins decide what is tried again, and whose pauses are all taken in one place, before a request: so a limit
 * that one request ran into holds up the others too, and tests decide how time passes.
 */
export function createGitHubClient(options: ClientOptions): GitHubClient {
  const { waiting, maxPauseMs, identity } = options
  const pause = createPause({ waiting, maxPauseMs, firstDelayMs: 1000, maxDelayMs: 20_000 })
  let known = ''
  const token =
    'token' in identity ? async () => (known = await identity.token()) : () => Promise.resolve(undefined)
  const octokit = createOctokit(options, pause, token)
  return {
    async ask(operation, work) {
      try {
        return await work(octokit)
      } catch (error) {
        const failure = toReviewerError(error, operation, { isLimited: pause.isLimited(), token: known })
        const isRefused = failure.reason === 'unauthorized' || failure.reason === 'forbidden'
        if (isRefused && 'refused' in identity) identity.refused?.(known)
        throw failure
      }
    },
  }
}

function createOctokit(
  options: ClientOptions,
  pause: Pause,
  token: () => Promise<string | undefined>,
): Octokit {
  const { apiUrl, userAgent, fetch, cache, waiting, budget, identity } = options
  const limits = {
    // As the limit says, or after a minute where it says nothing, as GitHub asks.
    onRateLimit: (_seconds: number, options: object, _octokit: unknown, retries: number) =>
      isReading(options as RequestOptions) && retries < maxLimitedRetries,
    onSecondaryRateLimit: (seconds: number, options: object, _octokit: unknown, retries: number) => {
      budget?.limited(waiting.now(), seconds * 1000)
      if (!pause.isLimited()) pause.limit(seconds * 1000)
      return isReading(options as RequestOptions) && retries < maxLimitedRetries
    },
  }
  const pausing = (core: Pick<Octokit, 'hook'>): object => {
    core.hook.wrap('request', (request, options) =>
      sendWhenWelcome(request as Send, options as RequestOptions, { pause, token, waiting, budget }),
    )
    return {}
  }
  // The last plugin is the outermost: retrying goes through throttling, and both through the pauses.
  const Client = Octokit.plugin(pausing, throttling, retry)
  return new Client({
    baseUrl: apiUrl.replace(/\/+$/, ''),
    userAgent,
    ...('appId' in identity && { authStrategy: createAppAuth, auth: { ...identity } }),
    request: { fetch: withConditionalRequests(fetch, cache) },
    log: silent,
    throttle: {
      ...limits,
      retryAfterBaseValue: 0,
      write: (options.writePace ?? createWritePace(waiting)) as never,
      notifications: createPace({ burst: 3, intervalMs: 3000 }, waiting) as never,
    },
    retry: { retries: 3, retryAfterBaseValue: 0, doNotRetry: [400, 401, 403, 404, 409, 410, 422, 429, 451] },
  })
}

type Send = (options: RequestOptions) => Promise<OctokitResponse<unknown>>

interface Sending {
  readonly pause: Pause
  /** Undefined where the request is signed later. */
  readonly token: () => Promise<string | undefined>
  readonly waiting: Waiting
  readonly budget: BudgetGauge | undefined
}

async function sendWhenWelcome(
  request: Send,
  options: RequestOptions,
  { pause, token, waiting, budget }: Sending,
): Promise<OctokitResponse<unknown>> {
  // Only who asked for it knows how to find out whether it was done already.
  if (!isReading(options)) options.request = { ...options.request, retries: 0 }
  const kind = isReading(options) ? 'reading' : 'writing'
  await pause.over()
  const known = await token()
  if (known !== undefined) options.headers['authorization'] = `token ${known}`
  try {
    const response = await request(options)
    const answer = readAnswer({ response })
    budget?.observe(answer)
    const limit = limitOf(answer, waiting)
    if (limit === undefined) pause.succeeded(kind)
    else pause.limit(limit)
    return response
  } catch (error) {
    const answer = readAnswer(error)
    budget?.observe(answer)
    const limit = limitOf(answer, waiting)
    if (limit !== undefined && answer.headers['x-ratelimit-remaining'] !== '0')
      budget?.limited(waiting.now(), limit)
    if (limit !== undefined) pause.limit(limit)
    else if (isFailure(error)) pause.back(kind)
    throw error
  }
}

/** A GraphQL query is a POST; this adapter sends no mutations. */
function isReading({ method, url }: RequestOptions): boolean {
  return method === 'GET' || method === 'HEAD' || url.endsWith('/graphql')
}

/** Octokit takes a lost connection for 500. */
function isFailure(error: unknown): boolean {
  return error instanceof Error && 'status' in error && Number(error.status) >= 500
}

const nothing = (): void => undefined
const silent = { debug: nothing, info: nothing, warn: nothing, error: nothing }
