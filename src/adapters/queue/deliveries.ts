/** How long ids of deliveries are remembered: GitHub gives them out for redelivery for three days. */
export const deliveriesKeptMs = 3 * 24 * 60 * 60 * 1000

/** Ids that one claim names at most: who wants them all of a thousand has the log. */
const most = 100

/** Ids of deliveries as one JSON text, each once, the newest last. */
export function joinDeliveries(...texts: readonly (string | undefined)[]): string {
  const all = texts.flatMap((text) => parseDeliveries(text))
  return JSON.stringify([...new Set(all)].slice(-most))
}

export function parseDeliveries(text: string | undefined): readonly string[] {
  return text === undefined ? [] : (JSON.parse(text) as string[])
}
