export interface Depth {
  readonly waiting: number
  readonly active: number
}

/** The queue, as the app's metrics tell of it. */
export async function readDepth(metricsUrl: string): Promise<Depth> {
  const text = await (await fetch(metricsUrl)).text()
  return {
    waiting: readMetric(text, 'fleetwright_queue_waiting'),
    active: readMetric(text, 'fleetwright_queue_active'),
  }
}

/** One without labels. */
export function readMetric(text: string, name: string): number {
  const value = new RegExp(`^${name} (\\S+)$`, 'm').exec(text)?.[1]
  if (value === undefined) throw new Error(`there is no metric ${name}`)
  return Number(value)
}
