/** A metric that the app shows at `/metrics`. The registry and docs/reference/app.md are made from these rows. */
export interface MetricRow {
  readonly type: 'counter' | 'gauge' | 'histogram'
  readonly help: string
  readonly labels: readonly string[]
  /** Seconds, of a histogram. */
  readonly buckets?: readonly number[]
}

const long = [0.1, 0.25, 0.5, 1, 2, 5, 10, 20, 60, 120, 300, 600]
const short = [0.005, 0.01, 0.025, 0.05, 0.1, 0.2, 0.5, 1, 2, 5, 10]

/** By name; what Node says of its process stands beside them, as `process_…` and `nodejs_…`. */
export const metricTable = {
  fleetwright_webhook_deliveries_total: {
    type: 'counter',
    help: 'Deliveries of webhooks by event and by what became of them: queued, duplicate, ignored, malformed, refused, failed',
    labels: ['event', 'outcome'],
  },
  fleetwright_webhook_acknowledgement_seconds: {
    type: 'histogram',
    help: 'Time from the first byte of a delivery to its answer',
    labels: [],
    buckets: short,
  },
  fleetwright_queue_waiting: { type: 'gauge', help: 'Work that waits in the queue', labels: [] },
  fleetwright_queue_active: { type: 'gauge', help: 'Work that is being done, by all replicas', labels: [] },
  fleetwright_queue_oldest_seconds: {
    type: 'gauge',
    help: 'Time for which the oldest work has waited since it was due',
    labels: [],
  },
  fleetwright_work_total: {
    type: 'counter',
    help: 'Work by what became of it: done, again, superseded, lost, handed-back, given-up',
    labels: ['work', 'outcome'],
  },
  fleetwright_work_seconds: {
    type: 'histogram',
    help: 'Time that work took that was done',
    labels: ['work'],
    buckets: long,
  },
  fleetwright_stage_seconds: {
    type: 'histogram',
    help: 'Time of the stages of work: fetch, compile, post and others',
    labels: ['work', 'stage'],
    buckets: long,
  },
  fleetwright_failures_total: {
    type: 'counter',
    help: 'What failed, by a code that says why',
    labels: ['work', 'code'],
  },
  fleetwright_cache_requests_total: {
    type: 'counter',
    help: 'What was asked of caches: hit or miss',
    labels: ['cache', 'result'],
  },
  fleetwright_github_remaining: {
    type: 'gauge',
    help: 'Requests that GitHub still grants an installation until its limit is set anew',
    labels: ['installation'],
  },
  fleetwright_facts_age_seconds: {
    type: 'gauge',
    help: 'Age of the facts of a cluster',
    labels: ['repository', 'cluster'],
  },
} as const satisfies Record<string, MetricRow>

export type MetricName = keyof typeof metricTable

/** Rows with everything that a row may have. */
export function metricRows(): readonly (readonly [MetricName, MetricRow])[] {
  return Object.entries(metricTable) as [MetricName, MetricRow][]
}
