import type { BranchView, ClusterRecord } from './branch/types.ts'
import { compare } from './compare/compare.ts'
import type { Compiled } from './compile.ts'
import type { Diagnostic } from './diagnostics/types.ts'
import type { Engine } from './engine/types.ts'
import { compareText } from './kubernetes/text-order.ts'
import type { LiveClusters } from './live/live-clusters-port.ts'
import type { RevisionIds } from './live/revision-ids-port.ts'
import { askClusters, failuresOf, findingsOf, heldParts, reportPredictions } from './live-answers.ts'
import { appliedFolders, readDelivery } from './live-delivery.ts'
import { askedObjects, askedOrphans } from './live-questions.ts'
import { liveSides, shownObjects, type LiveFindings } from './live-sides.ts'
import type { ClusterAddress } from './observe/cluster-reader-port.ts'
import type { VisitRequest } from './observe/observe.ts'
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
  const outcomes = await askClusters({ asked, orphans }, { visit, options }, clusters)
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
  const held = heldParts(ids, { asked, outcomes, failures })
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
