import { collectDefaultMetrics, Counter, Gauge, Histogram, Registry } from 'prom-client'
import type { RepositoryId } from '../../review/types.ts'
import type { QueueDepth } from '../../review/work-queue-port.ts'
import type { Metrics } from '../types.ts'
import { metricRows, type MetricName } from './metric-table.ts'

/** What the process itself counts too. */
export interface AppMetrics extends Metrics {
  delivery(event: string, outcome: DeliveryOutcome): void
  /** Seconds. */
  acknowledged(seconds: number): void
  work(type: string, outcome: WorkOutcome, seconds?: number): void
  /** Requests that are left to an installation. */
  githubRemaining(installation: number, requests: number): void
  /** Prometheus' text form. The depth is asked when it is read; without it the gauges of the queue are left out. */
  read(depth: () => Promise<QueueDepth>): Promise<{ readonly contentType: string; readonly text: string }>
}

export type DeliveryOutcome = 'queued' | 'duplicate' | 'ignored' | 'malformed' | 'refused' | 'failed'
export type WorkOutcome = 'done' | 'again' | 'superseded' | 'lost' | 'handed-back' | 'given-up'

/** A cluster of which nobody spoke for so long is no more part of a fleet. */
const factsForgottenMs = 7 * 24 * 3_600_000

export function createMetrics(now: () => number): AppMetrics {
  const registry = new Registry()
  collectDefaultMetrics({ register: registry })
  const { counters, gauges, histograms } = register(registry)
  const count = (name: MetricName, labels: Record<string, string>): void => counters.get(name)?.inc(labels)
  const time = (name: MetricName, seconds: number, labels: Record<string, string> = {}): void =>
    histograms.get(name)?.observe(labels, seconds)
  const facts = createFactsAges(now)
  return {
    stage: (work, stage, seconds) => time('fleetwright_stage_seconds', seconds, { work, stage }),
    failure: (work, code) => count('fleetwright_failures_total', { work, code }),
    cache: (cache, isHit) =>
      count('fleetwright_cache_requests_total', { cache, result: isHit ? 'hit' : 'miss' }),
    factsAge: (repository, cluster, seconds) => facts.note(repository, cluster, seconds),
    delivery: (event, outcome) => count('fleetwright_webhook_deliveries_total', { event, outcome }),
    acknowledged: (seconds) => time('fleetwright_webhook_acknowledgement_seconds', seconds),
    work(type, outcome, seconds) {
      count('fleetwright_work_total', { work: type, outcome })
      if (seconds !== undefined) time('fleetwright_work_seconds', seconds, { work: type })
    },
    githubRemaining: (installation, requests) =>
      gauges.get('fleetwright_github_remaining')?.set({ installation: String(installation) }, requests),
    async read(depth) {
      const found = await depth().catch(() => undefined)
      gauges.get('fleetwright_queue_waiting')?.set(found?.waiting ?? Number.NaN)
      gauges.get('fleetwright_queue_active')?.set(found?.active ?? Number.NaN)
      gauges.get('fleetwright_queue_oldest_seconds')?.set((found?.oldestMs ?? Number.NaN) / 1000)
      const ages = gauges.get('fleetwright_facts_age_seconds')
      ages?.reset()
      for (const { labels, seconds } of facts.read()) ages?.set(labels, seconds)
      return { contentType: registry.contentType, text: await registry.metrics() }
    },
  }
}

function register(registry: Registry) {
  const counters = new Map<MetricName, Counter>()
  const gauges = new Map<MetricName, Gauge>()
  const histograms = new Map<MetricName, Histogram>()
  for (const [name, { type, help, labels, buckets = [] }] of metricRows()) {
    const shared = { name, help, labelNames: [...labels], registers: [registry] }
    if (type === 'counter') counters.set(name, new Counter(shared))
    else if (type === 'gauge') gauges.set(name, new Gauge(shared))
    else histograms.set(name, new Histogram({ ...shared, buckets: [...buckets] }))
  }
  return { counters, gauges, histograms }
}

/** Ages grow while nobody speaks of them, most of all those of clusters that do not answer. */
function createFactsAges(now: () => number) {
  const told = new Map<
    string,
    { readonly labels: Record<string, string>; readonly since: number; readonly toldAt: number }
  >()
  return {
    note({ owner, name }: RepositoryId, cluster: string, seconds: number) {
      const labels = { repository: `${owner}/${name}`, cluster }
      told.set(JSON.stringify(labels), { labels, since: now() - seconds * 1000, toldAt: now() })
    },
    read() {
      for (const [key, { toldAt }] of told) if (now() - toldAt > factsForgottenMs) told.delete(key)
      return [...told.values()].map(({ labels, since }) => ({ labels, seconds: (now() - since) / 1000 }))
    },
  }
}
