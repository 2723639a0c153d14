import type { BranchView, ClusterRecord } from './branch/types.ts'
import { compare } from './compare/compare.ts'
import type { Compiled } from './compile.ts'
import type { Diagnostic } from './diagnostics/types.ts'
import type { Engine } from './engine/types.ts'
import { compareText } from './kubernetes/text-order.ts'
import { predicted, readLive, refused, type LiveAnswers } from './live/live.ts'
import type { LiveClusters } from './live/live-clusters-port.ts'
import type { RevisionIds } from './live/revision-ids-port.ts'
import { appliedFolders, folderKey, readDelivery } from './live-delivery.ts'
import { askedObjects, askedOrphans, type AskedObject, type AskedOrphan } from './live-questions.ts'
import {
  liveSides,
  shownObjects,
  type FoundObject,
  type FoundOrphan,
  type LiveFindings,
} from './live-sides.ts'
import type { ClusterAddress } from './observe/cluster-reader-port.ts'
import { visitClusters, type Outcome, type VisitRequest } from './observe/observe.ts'
import { managementId } from './observe/types.ts'
import { configuredManagement, fleetTargets } from './observe-targets.ts'
import { readDifferences } from './read-differences.ts'
import type { Review, ReviewedCommit } from './report/types.ts'
import { compareDiagnostics, unitsOf } from './review-parts.ts'
import { collectSecretValues, createMask, type Mask } from './secrets/mask.ts'
import { createPublicWords } from './secrets/public-words.ts'

export interface CompareLivePorts {
  readonly engine: Engine
  readonly clusters: LiveClusters
  readonly revisions: RevisionIds
}

export interface CompareLiveOptions extends Pick<
  VisitRequest,
  'concurrency' | 'clusterDeadlineMs' | 'deadline' | 'onProgress'
> {
  readonly baseline: 'pending' | 'drift'
  readonly rendered: BranchView
  /** Up to its plan: which clusters there are and how they are reached. */
  readonly compiled: Compiled
  /** In place of the management cluster that fleetwright.yaml names. */
  readonly management?: ClusterAddress
  /** Whether API servers are asked what applying would change; else it is predicted. */
  readonly dryRun: boolean
  readonly asOf: string
  readonly compiler: string
  readonly key?: Uint8Array
  /** Credentials of this process. */
  readonly secrets: readonly string[]
  readonly reproduce: string
}

/** A review, and what hides in every other text that goes with it. */
export interface ComparedLive {
  readonly review: Review
  readonly mask: Mask
}

/**
 * The rendered branch and what clusters have → what delivery has yet to do, or what somebody changed behind its back; never
 * both in one. An object differs when applying it as its deliverer does would change it; that is drift where its folder was
 * applied as the branch has it now, and pending where not, or where nobody knows. Changes nothing anywhere. Of a cluster that
 * does not answer nothing is said but that. Throws EnvironmentError when another port fails.
 */
export async function compareLiveFleet(
  ports: CompareLivePorts,
  options: CompareLiveOptions,
): Promise<ComparedLive> {
  const { baseline, rendered, compiled, asOf } = options
  const { engine, clusters, revisions } = ports
  const diagnostics: Diagnostic[] = []
  const report = (diagnostic: Diagnostic): void => void diagnostics.push(diagnostic)
  const records = wantedRecords(rendered, compiled)
  const view = { ...rendered, previous: { ...rendered.previous, clusters: records } }
  const management = options.management ?? configuredManagement(compiled.config)
  const { targets, unaddressed } = fleetTargets(compiled, management)
  const visit = visitOf(options, targets, management)

  const ids = [...records.keys()]
  const { config } = compiled
  const deliverers = await readDelivery(ids, { config, visit, now: asOf }, clusters, report)
  const { after: tree } = await readDifferences(nothingOf(view), view, engine)
  const asked = askedObjects(tree, records, { deliverers, config })
  const orphans = askedOrphans(deliverers, records, asked)
  const outcomes = await askClusters({ asked, orphans, visit, options }, clusters)
  const applied = await appliedFolders({ view, deliverers, revisions }, records, report)

  const reasons = new Map(unaddressed.map(({ cluster, reason }) => [cluster, reason]))
  const failures = failuresOf([...ids, managementId], { outcomes, reasons, compiled })
  const findings = findingsOf({ asked, orphans, outcomes, applied })
  const said: LiveFindings = { ...findings, tree: new Map([...tree].filter(([id]) => !failures.has(id))) }
  reportPredictions(said.objects, report)
  const mask = maskOf(said, options)
  const [before, after] = liveSides(said, baseline, mask)
  const comparison = await compare(before, after, {
    parseYaml: (texts) => engine.parseYaml(texts),
  })
  const held = [
    ...ids.flatMap((cluster) => heldCluster(cluster, failures)),
    ...heldObjects(asked, { outcomes, failures }),
  ]
  const review: Review = {
    ...{ baseline, ...sideNames(view, baseline), comparison, upgrades: [], dangers: [] },
    diagnostics: compareDiagnostics([], diagnostics, (text) => mask.text(text)),
    held: held.map((part) => ({ ...part, reason: mask.text(part.reason) })),
    fleet: fleetOf(records, compiled),
    facts: { asOf, silent: ids.filter((id) => failures.has(id)), never: 0 },
    versions: {
      compiler: options.compiler,
      helm: engine.versions.helm,
      kustomize: engine.versions.kustomize,
    },
    reproduce: options.reproduce,
    changedLines: new Map(),
  }
  return { review, mask }
}

/** Of the clusters that were wanted. One that the fleet has no more is wanted where all are. */
function wantedRecords({ previous }: BranchView, { plan }: Compiled): ReadonlyMap<string, ClusterRecord> {
  const planned = new Map((plan?.clusters ?? []).map(({ cluster, hold }) => [cluster.id, hold?.reason]))
  const isSelection = [...planned.values()].includes('not-selected')
  const isWanted = (id: string): boolean =>
    planned.has(id) ? planned.get(id) !== 'not-selected' : !isSelection
  return new Map([...previous.clusters].filter(([id]) => isWanted(id)).sort(([a], [b]) => compareText(a, b)))
}

function visitOf(
  { concurrency, clusterDeadlineMs, deadline }: CompareLiveOptions,
  targets: VisitRequest['targets'],
  management: ClusterAddress | undefined,
): VisitRequest {
  return {
    ...{ targets, concurrency, clusterDeadlineMs },
    ...(management && { management }),
    ...(deadline && { deadline }),
  }
}

function nothingOf({ previous }: BranchView): BranchView {
  return {
    previous: { state: previous.state, clusters: new Map(), untouched: new Map(), tampered: [] },
    readFiles: () => Promise.resolve(new Map()),
  }
}

interface Questions {
  readonly asked: readonly AskedObject[]
  readonly orphans: readonly AskedOrphan[]
}

interface Answered extends LiveAnswers {
  readonly questions: Questions
}

type Outcomes = ReadonlyMap<string, Outcome<Answered>>

/** Each server is asked for all that it should have, of whichever cluster. */
function askClusters(
  {
    asked,
    orphans,
    visit,
    options,
  }: Questions & { readonly visit: VisitRequest; readonly options: CompareLiveOptions },
  clusters: LiveClusters,
): Promise<Outcomes> {
  const { dryRun, onProgress } = options
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
function failuresOf(
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

function findingsOf({
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

function heldCluster(cluster: string, failures: ReadonlyMap<string, string>): Review['held'] {
  const reason = failures.get(cluster)
  return reason === undefined ? [] : [{ cluster, reason }]
}

/** Objects of which nothing can be said although their cluster answers, by unit and reason. */
function heldObjects(
  asked: readonly AskedObject[],
  { outcomes, failures }: { readonly outcomes: Outcomes; readonly failures: ReadonlyMap<string, string> },
): Review['held'] {
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

function reportPredictions(objects: readonly FoundObject[], report: (one: Diagnostic) => void): void {
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

function maskOf(findings: LiveFindings, { key, secrets }: CompareLiveOptions): Mask {
  const objects = shownObjects(findings)
  const isPublic = createPublicWords(objects)
  return createMask(collectSecretValues(objects, secrets, isPublic), { isPublic, ...(key && { key }) })
}

function sideNames(
  { previous: { state } }: BranchView,
  baseline: 'pending' | 'drift',
): { readonly base: ReviewedCommit; readonly head: ReviewedCommit } {
  const rendered = { name: state.branch, ...(state.commit !== undefined && { commit: state.commit }) }
  const live = { name: 'live' }
  return baseline === 'drift' ? { base: rendered, head: live } : { base: live, head: rendered }
}

function fleetOf(records: ReadonlyMap<string, ClusterRecord>, { plan }: Compiled): Review['fleet'] {
  const plans = new Map((plan?.clusters ?? []).map((one) => [one.cluster.id, one]))
  return [...records].map(([id, record]) => {
    const planned = plans.get(id)
    return {
      id,
      labels: Object.fromEntries((planned?.labels ?? []).map(({ key, value }) => [key, value])),
      ...(planned && { version: planned.kubeVersion }),
      units: unitsOf(record),
    }
  })
}
