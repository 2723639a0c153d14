import type { Compiled } from './compile.ts'
import type { Report } from './diagnostics/types.ts'
import { compareText } from './kubernetes/text-order.ts'
import { predicted, readLive, refused, type LiveAnswers } from './live/live.ts'
import type { LiveClusters } from './live/live-clusters-port.ts'
import { folderKey } from './live-delivery.ts'
import type { AskedObject, AskedOrphan } from './live-questions.ts'
import type { FoundObject, FoundOrphan, LiveFindings } from './live-sides.ts'
import { visitClusters, type Outcome, type VisitRequest } from './observe/observe.ts'
import { managementId } from './observe/types.ts'
import type { Review } from './report/types.ts'

interface Questions {
  readonly asked: readonly AskedObject[]
  readonly orphans: readonly AskedOrphan[]
}

interface Answered extends LiveAnswers {
  readonly questions: Questions
}

export type Outcomes = ReadonlyMap<string, Outcome<Answered>>

/** Each server is asked for all that it should have, of whichever cluster. */
export function askClusters(
  { asked, orphans }: Questions,
  {
    visit,
    options: { dryRun, onProgress },
  }: {
    readonly visit: VisitRequest
    readonly options: Pick<VisitRequest, 'onProgress'> & { readonly dryRun: boolean }
  },
  clusters: LiveClusters,
): Promise<Outcomes> {
  const servers = new Set([...asked, ...orphans].map(({ server }) => server))
  return visitClusters(
    { ...visit, only: servers, ...(onProgress && { onProgress }) },
    {
      open: (address) => clusters.open(address),
      read: async (cluster, ids, signal) => {
        const isOfIt = ({ server }: { readonly server: string }): boolean => ids.includes(server)
        const questions = { asked: asked.filter(isOfIt), orphans: orphans.filter(isOfIt) }
        const { asked: wanted, orphans: owned } = questions
        return { ...(await readLive(cluster, { wanted, owned, dryRun }, signal)), questions }
      },
    },
  )
}

/** Why nothing can be said of a server, by its id. */
export function failuresOf(
  ids: readonly string[],
  {
    outcomes,
    reasons,
    compiled,
  }: {
    readonly outcomes: Outcomes
    readonly reasons: ReadonlyMap<string, string>
    readonly compiled: Compiled
  },
): ReadonlyMap<string, string> {
  const planned = new Set((compiled.plan?.clusters ?? []).map(({ cluster }) => cluster.id))
  const reasonOf = (id: string): string | undefined => {
    const outcome = outcomes.get(id)
    if (outcome?.type === 'failed') return outcome.failure.message
    if (id === managementId || outcome !== undefined) return undefined
    return reasons.get(id) ?? (planned.has(id) ? undefined : 'the fleet has no such cluster any more')
  }
  return new Map(
    ids.flatMap((id): [string, string][] => {
      const reason = reasonOf(id)
      return reason === undefined ? [] : [[id, reason]]
    }),
  )
}

export function findingsOf({
  asked,
  orphans,
  outcomes,
  applied,
}: Questions & { readonly outcomes: Outcomes; readonly applied: ReadonlySet<string> }): Omit<
  LiveFindings,
  'tree'
> {
  const answers = answersOf(outcomes)
  return {
    objects: asked.flatMap((object): FoundObject[] => {
      const finding = answers.findings.get(object)
      const isApplied = applied.has(folderKey(object.cluster, object.key))
      return finding ? [{ asked: object, finding, isApplied }] : []
    }),
    orphans: orphans.flatMap((orphan): FoundOrphan[] => {
      const live = answers.orphans.get(orphan)
      return live ? [{ asked: orphan, live }] : []
    }),
  }
}

/** By what was asked. */
function answersOf(outcomes: Outcomes) {
  const read = [...outcomes.values()].flatMap((outcome) => (outcome.type === 'read' ? [outcome.reading] : []))
  const pairs = <Asked, Answer>(asked: readonly Asked[], answers: readonly Answer[]): [Asked, Answer][] =>
    asked.flatMap((one, index): [Asked, Answer][] => {
      const answer = answers[index]
      return answer === undefined ? [] : [[one, answer]]
    })
  return {
    findings: new Map(read.flatMap(({ questions, wanted }) => pairs(questions.asked, wanted))),
    orphans: new Map(read.flatMap(({ questions, owned }) => pairs(questions.orphans, owned))),
  }
}

interface Answers {
  readonly asked: readonly AskedObject[]
  readonly outcomes: Outcomes
  /** By id of the server. */
  readonly failures: ReadonlyMap<string, string>
}

/** Clusters and objects of which nothing can be said, and why. */
export function heldParts(ids: readonly string[], answers: Answers): Review['held'] {
  const { outcomes, failures } = answers
  const silent = ids.flatMap((cluster) => {
    const reason = failures.get(cluster)
    return reason === undefined ? [] : [{ cluster, reason }]
  })
  const unreadable = [...outcomes].flatMap(([cluster, outcome]) =>
    outcome.type === 'read'
      ? outcome.reading.unreadable.map((reason) => ({
          cluster,
          reason: `not all that delivery would take away can be read: ${reason}`,
        }))
      : [],
  )
  return [...silent, ...unreadable, ...heldObjects(answers)].sort((a, b) =>
    compareText(JSON.stringify(a), JSON.stringify(b)),
  )
}

/** Objects of which nothing can be said although their cluster answers, by unit and reason. */
function heldObjects({ asked, outcomes, failures }: Answers): Review['held'] {
  const { findings } = answersOf(outcomes)
  const unknown = asked
    .filter(({ cluster }) => !failures.has(cluster))
    .flatMap((object) => {
      const finding = findings.get(object)
      const reason =
        finding?.type === 'unknown'
          ? finding.reason
          : finding === undefined
            ? (failures.get(object.server) ?? 'no management cluster is known')
            : undefined
      return reason === undefined ? [] : [{ cluster: object.cluster, unit: object.unit, reason }]
    })
  const groups = Map.groupBy(unknown, (one) => JSON.stringify([one.cluster, one.unit, one.reason]))
  return [...groups.values()].flatMap(([first, ...rest]) => {
    if (first === undefined) return []
    const count = rest.length + 1
    return [
      {
        ...first,
        reason: `${count} ${count === 1 ? 'object' : 'objects'} cannot be compared: ${first.reason}`,
      },
    ]
  })
}

export function reportPredictions(objects: readonly FoundObject[], report: Report): void {
  const counts = new Map<string, { cluster: string; why: 'not-asked' | 'not-allowed'; count: number }>()
  for (const { asked, finding } of objects) {
    if (finding.type !== 'differs' || finding.predicted === undefined) continue
    const { cluster, unit } = asked
    if (typeof finding.predicted === 'number') {
      report(refused({ cluster, unit }, asked, finding.predicted))
      continue
    }
    const key = `${cluster} ${finding.predicted}`
    const known = counts.get(key) ?? { cluster, why: finding.predicted, count: 0 }
    counts.set(key, { ...known, count: known.count + 1 })
  }
  for (const { cluster, why, count } of counts.values()) report(predicted(cluster, why, count))
}
