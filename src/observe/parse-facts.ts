import { createHash } from 'node:crypto'
import { z } from 'zod'
import type { Report } from '../diagnostics/types.ts'
import { canonicalJson, parseExactJson } from '../kubernetes/exact-json.ts'
import { badFacts } from './diagnostics.ts'
import { clusterFile, managementFile, observedFile } from './facts-files.ts'
import { clusterOfPath, managementPath, observedPath } from './facts-paths.ts'
import { clusterOfEvent, orderEvents, parseEvent } from './recorded-events.ts'
import type { ClusterFacts, Facts, ManagementFacts, Observation, RecordedEvent } from './types.ts'

/**
 * Recorded facts, as text by path on the rendered branch → Facts. Total: a file that cannot be read is reported, its
 * cluster is listed as unreadable and will be held, the others count.
 */
export function parseFacts(files: ReadonlyMap<string, string>, report: Report): Facts {
  const clusters = new Map<string, ClusterFacts>()
  const unreadable = new Set<string>()
  const canonical: [string, string][] = []
  const events: { path: string; event: RecordedEvent }[] = []
  let management: ManagementFacts | undefined
  let observations: ReadonlyMap<string, Observation> = new Map()
  for (const [path, text] of [...files].sort(([a], [b]) => (a < b ? -1 : 1))) {
    const sender = clusterOfEvent(path)
    const cluster = sender === undefined ? clusterOfPath(path) : sender === '' ? undefined : sender
    try {
      const json = parseExactJson(text)
      if (path === observedPath) {
        observations = new Map(Object.entries(observedFile.parse(json)))
      } else if (path === managementPath) {
        management = managementFile.parse(json)
        canonical.push([path, canonicalJson(json)])
      } else if (sender !== undefined) {
        events.push({ path, event: { ...parseEvent(json), cluster: sender } })
        canonical.push([path, canonicalJson(json)])
      } else if (cluster !== undefined) {
        clusters.set(cluster, clusterFile.parse(json))
        canonical.push([path, canonicalJson(json)])
      }
    } catch (error) {
      report(badFacts(path, cluster, reasonOf(error)))
      if (cluster !== undefined) unreadable.add(cluster)
    }
  }
  return {
    clusters,
    ...(management && { management }),
    observations,
    sets: new Map(),
    unreadable,
    events: orderEvents(events).map(({ event }) => event),
    digest: digestOf(canonical),
  }
}

/** What is wrong, with the path inside the file. */
function reasonOf(error: unknown): string {
  if (error instanceof z.ZodError) {
    const [issue] = error.issues
    return issue ? `${issue.path.join('.') || 'the file'}: ${issue.message}` : 'it has an unknown form'
  }
  return error instanceof Error ? error.message : String(error)
}

function digestOf(files: readonly (readonly [string, string])[]): string {
  const hash = createHash('sha256')
  for (const [path, text] of files) hash.update(`${path}\0${text}\0`)
  return hash.digest('hex')
}
