import { Redis } from 'ioredis'
import { EnvironmentError } from '../../diagnostics/errors.ts'
import { scripts } from './redis-scripts.ts'

export interface RedisConnection {
  readonly client: Redis
  /** Starts with what all keys start with. */
  readonly prefix: string
  /** Runs a script; its answer is checked by who asks. Throws EnvironmentError after a bounded time. */
  readonly run: (
    script: keyof typeof scripts,
    args: readonly (string | number)[],
    operation: string,
  ) => Promise<unknown>
  /** Waits for a call of BullMQ or of the client, for a bounded time, and translates what it throws. */
  readonly guard: <Value>(operation: string, call: () => Promise<Value>) => Promise<Value>
  /** Calls back with what the scripts publish. */
  listen(hear: (message: string) => void): Promise<void>
  close(): void
}

export interface RedisConnectionOptions {
  /** `redis://` or `rediss://`. */
  readonly url: string
  readonly prefix: string
  /** Longest time that a call may take, with reconnecting. */
  readonly timeoutMs: number
}

/** Connects, and proves it. */
export async function connectRedis(options: RedisConnectionOptions): Promise<RedisConnection> {
  const { url, prefix, timeoutMs } = options
  const place = placeOf(url)
  const client = new ForgettingRedis(url, {
    ...{ connectTimeout: timeoutMs, commandTimeout: timeoutMs, maxRetriesPerRequest: null },
    // A server that is gone without a word is noticed by what it does not answer.
    socketTimeout: timeoutMs,
    retryStrategy: (times) => Math.min(times * 100, 2000),
  })
  const guard = createGuard(client, place, timeoutMs)
  const commands = client as unknown as Record<string, (...args: (string | number)[]) => Promise<unknown>>
  for (const [name, lua] of Object.entries(scripts))
    client.defineCommand(commandOf(name), { numberOfKeys: 1, lua })
  let listener: Redis | undefined
  const connection: RedisConnection = {
    ...{ client, prefix, guard },
    run: (script, args, operation) =>
      guard(operation, () => commands[commandOf(script)]?.(`${prefix}:`, ...args) ?? Promise.resolve()),
    async listen(hear) {
      const subscriber = client.duplicate()
      listener = subscriber
      subscriber.on('error', () => undefined)
      subscriber.on('message', (_channel, message) => {
        hear(message)
      })
      await guard('listen to Redis', () => subscriber.subscribe(`${prefix}:said`))
    },
    close() {
      listener?.disconnect()
      client.disconnect()
    },
  }
  try {
    await guard('connect to Redis', () => client.ping())
  } catch (error) {
    connection.close()
    throw error
  }
  return connection
}

/**
 * When ioredis connects again it sends anew what was under way, also what nobody waits for any more: work that could not be told
 * to be done in time comes again, and would be taken away by that. Commands of a pipeline go as they are, as ioredis counts them.
 */
class ForgettingRedis extends Redis {
  override sendCommand(...[command, stream]: Parameters<Redis['sendCommand']>): unknown {
    if (command.isSettled && stream === undefined) return command.promise
    return super.sendCommand(command, stream)
  }
}

/** Nothing is sent before the connection is there: what was given up is not done later, when it is back. */
function createGuard(client: Redis, place: string, timeoutMs: number): RedisConnection['guard'] {
  let last = ''
  // What is wrong is told to those who call. Without a listener it would be printed.
  client.on('error', (error) => {
    last = `: ${error.message || String('code' in error ? error.code : error.name)}`
  })
  let ready = Promise.withResolvers<void>()
  client.on('ready', () => {
    last = ''
    ready.resolve()
  })
  client.on('close', () => {
    ready = Promise.withResolvers()
  })
  return async (operation, call) => {
    const late = Promise.withResolvers<never>()
    const timer = setTimeout(() => {
      late.reject(new Error(`no answer within ${timeoutMs} ms${last}`))
    }, timeoutMs)
    if (client.status === 'end') late.reject(new Error('the connection is closed'))
    try {
      if (client.status !== 'ready') await Promise.race([ready.promise, late.promise])
      return await Promise.race([call(), late.promise])
    } catch (error) {
      throw redisFailure(error, place, operation)
    } finally {
      clearTimeout(timer)
    }
  }
}

function commandOf(script: string): string {
  return `fleetwright_${script}`
}

/** Host and port: the rest of the URL has the password in it. */
function placeOf(url: string): string {
  const parsed = URL.parse(url)
  if (parsed && ['redis:', 'rediss:'].includes(parsed.protocol)) return `${parsed.protocol}//${parsed.host}`
  throw new EnvironmentError({
    ...{ adapter: 'queue', operation: 'connect to Redis', retryable: false },
    message: 'REDIS_URL is no URL of a Redis server',
    hint: 'Write redis://HOST:PORT, or rediss:// for TLS; a password with special characters is percent-encoded.',
  })
}

/** Errors of ioredis carry the command with its arguments: the password of AUTH, and contents. Their text does not. */
function redisFailure(error: unknown, place: string, operation: string): unknown {
  if (error instanceof EnvironmentError || !(error instanceof Error)) return error
  return new EnvironmentError({
    ...{ adapter: 'queue', operation, retryable: true, cause: new Error(error.message) },
    message: `Redis at ${place} does not do what was asked (${operation}): ${error.message}`,
    hint: 'Look whether the server that REDIS_URL names runs, can be reached, and may be written to.',
  })
}
