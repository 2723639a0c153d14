import { z } from 'zod'
import { observedPath } from '../../observe/observe.ts'
import { parseKept, planStaleIssues, staleMarker, type ClusterAge } from '../../review/review.ts'
import type { FactsFiles } from '../fleet/fleet-facts.ts'
import { silentKey, watchKeys } from './state-keys.ts'
import type { WorkContext } from './work-context.ts'

const rows = z.record(z.string(), z.looseObject({ observedAt: z.string().optional() }))
const toldRows = z.record(z.string(), z.string())

/** When each cluster answered last, by what was observed. */
export function readAges(observed: FactsFiles): readonly ClusterAge[] {
  const read = parseKept(rows, observed.get(observedPath)) ?? {}
  return Object.entries(read).map(([id, { observedAt }]) => ({
    id,
    ...(observedAt !== undefined && { answeredAt: observedAt }),
  }))
}

/** One issue for each cluster that does not answer. Notes when the next one would have to be told of. */
export async function tellSilentClusters(
  { ports, repository, github, run }: WorkContext,
  observed: FactsFiles,
  maxAgeMs: number,
): Promise<void> {
  const { state, now } = ports
  const key = silentKey(repository)
  const told = new Map(Object.entries(parseKept(toldRows, await state.get(key)) ?? {}))
  const clusters = readAges(observed)
  const standing = await github.issues.listOwn(staleMarker)
  const at = now()
  const effects = planStaleIssues({ clusters, limitMs: maxAgeMs, standing, told, now: at })
  for (const effect of effects) {
    run.signal.throwIfAborted()
    if (effect.type === 'close') {
      await github.issues.close(effect.number, effect.why)
      run.log.info('cluster-answers', { issue: effect.number })
      continue
    }
    const { title, body, cluster, answeredAt } = effect
    const { number } = await github.issues.open({ title, body })
    run.log.warn('cluster-silent', { cluster, issue: number })
    told.set(cluster, answeredAt)
    await state.put(new Map([[key, JSON.stringify(Object.fromEntries(told))]]))
  }
  const ends = clusters.flatMap(({ answeredAt }) =>
    answeredAt === undefined ? [] : [Date.parse(answeredAt) + maxAgeMs + 1],
  )
  const next = ends.filter((end) => end > at).sort((a, b) => a - b)[0]
  const due = next === undefined ? undefined : new Date(next).toISOString()
  await state.put(new Map([[watchKeys(repository).due, due]]))
}
