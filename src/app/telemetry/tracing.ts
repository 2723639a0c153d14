import { AsyncLocalStorage } from 'node:async_hooks'
import { createHash } from 'node:crypto'
import { setTimeout as sleep } from 'node:timers/promises'
import type { Span, SpanContext, Tracer } from '@opentelemetry/api'

/** The exporter itself tries for ten seconds, which is what is left of the grace of most hosts. */
const closeWithinMs = 2000

/** What became of a delivery, through work and its stages, as one trace. */
export interface Tracing {
  delivery<T>(delivery: { readonly id: string; readonly event: string }, run: () => Promise<T>): Promise<T>
  work<T>(work: TracedWork, run: () => Promise<T>): Promise<T>
  /** One that ended just now, of the work that runs here. */
  stage(name: string, seconds: number): void
  /** Sends what was not sent yet. */
  close(): Promise<void>
}

export interface TracedWork {
  readonly type: string
  readonly repository: string
  readonly attempt: number
  /** Those that asked for it; the first one's trace is the one that the work belongs to. */
  readonly deliveries: readonly string[]
}

export const noTracing: Tracing = {
  delivery: (_, run) => run(),
  work: (_, run) => run(),
  stage: () => undefined,
  close: () => Promise.resolve(),
}

export interface TracingOptions {
  readonly endpoint: string
  readonly version: string
  /** Milliseconds since the epoch. */
  readonly now: () => number
}

/**
 * Traces to a collector. The ids of a delivery's trace follow from the id of the delivery, so that whoever does the work, in
 * this process or in another, after a crash too, adds to the same trace without anything being handed on. Texts of errors stay
 * in the log: the collector is no place where anybody redacts.
 */
export async function createTracing(options: TracingOptions): Promise<Tracing> {
  const { provider, tracer, api, withIds } = await createTracer(options)
  const { now } = options
  const current = new AsyncLocalStorage<Span>()
  const run = async <T>(span: Span, work: () => Promise<T>): Promise<T> => {
    try {
      return await current.run(span, work)
    } catch (error) {
      span.setStatus({ code: api.SpanStatusCode.ERROR })
      span.setAttribute('error.type', error instanceof Error ? error.name : typeof error)
      throw error
    } finally {
      span.end(now())
    }
  }
  return {
    delivery({ id, event }, work) {
      const attributes = { 'delivery.id': id }
      const about = { root: true, startTime: now(), kind: api.SpanKind.SERVER, attributes }
      const span = withIds(contextOf(id), () =>
        tracer.startSpan(`delivery ${event}`, about, api.ROOT_CONTEXT),
      )
      return run(span, work)
    },
    work({ type, repository, attempt, deliveries }, work) {
      const [first, ...others] = deliveries
      const parent =
        first === undefined
          ? api.ROOT_CONTEXT
          : api.trace.setSpanContext(api.ROOT_CONTEXT, { ...contextOf(first), isRemote: true })
      const attributes = { 'work.type': type, 'work.repository': repository, 'work.attempt': attempt }
      const links = others.map((id) => ({ context: contextOf(id) }))
      const about = { startTime: now(), kind: api.SpanKind.CONSUMER, attributes, links }
      return run(tracer.startSpan(`work ${type}`, about, parent), work)
    },
    stage(name, seconds) {
      const parent = current.getStore()
      if (parent === undefined) return
      const startTime = now() - seconds * 1000
      const context = api.trace.setSpan(api.ROOT_CONTEXT, parent)
      tracer.startSpan(`stage ${name}`, { startTime }, context).end(now())
    },
    async close() {
      // A collector that is gone must not keep the app from ending.
      const sent = provider.shutdown().catch(() => undefined)
      await Promise.race([sent, sleep(closeWithinMs, undefined, { ref: false })])
    },
  }
}

/** Loads what it takes, which most never need. */
async function createTracer({ endpoint, version }: TracingOptions) {
  const [api, sdk, { OTLPTraceExporter }, { resourceFromAttributes }] = await Promise.all([
    import('@opentelemetry/api'),
    import('@opentelemetry/sdk-trace'),
    import('@opentelemetry/exporter-trace-otlp-http'),
    import('@opentelemetry/resources'),
  ])
  const random = new sdk.RandomIdGenerator()
  let given: SpanContext | undefined
  const provider = new sdk.TracerProvider({
    resource: resourceFromAttributes({ 'service.name': 'fleetwright', 'service.version': version }),
    spanProcessors: [
      new sdk.BatchSpanProcessor({
        exporter: new OTLPTraceExporter({ url: `${endpoint.replace(/\/+$/, '')}/v1/traces` }),
      }),
    ],
    idGenerator: {
      generateTraceId: () => given?.traceId ?? random.generateTraceId(),
      generateSpanId: () => given?.spanId ?? random.generateSpanId(),
    },
  })
  const tracer: Tracer = provider.getTracer('fleetwright', version)
  return {
    ...{ api, provider, tracer },
    /** A span that is made without a pause in between, so that no other gets its ids. */
    withIds: (ids: SpanContext, start: () => Span): Span => {
      given = ids
      try {
        return start()
      } finally {
        given = undefined
      }
    },
  }
}

function contextOf(delivery: string): SpanContext {
  const digest = createHash('sha256').update(`delivery ${delivery}`).digest('hex')
  return { traceId: digest.slice(0, 32), spanId: digest.slice(32, 48), traceFlags: 1 }
}
