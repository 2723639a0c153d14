import type { ClusterPlan, PlannedUnit } from '../resolve/types.ts'
import type { ClusterWork, HeldUnit, PreparedCluster, PreparedUnit } from './cluster-work.ts'
import { sourceUnavailable, unitHeld } from './diagnostics.ts'
import { inputsDigest, sha256, type UnitInputs } from './inputs-digest.ts'
import { createLookupAnswers, type LookupAnswers } from './lookup-answers.ts'
import type { RenderSource } from './render-options.ts'
import { answeredDigest } from './render-with-answers.ts'
import type { SourceFiles } from './source-files.ts'
import { keepingOwner } from './standing-claims.ts'

/** Works out what a cluster's objects depend on, and whether the branch has them already. Renders nothing. */
export function prepareCluster(plan: ClusterPlan, work: ClusterWork): PreparedCluster {
  const { id } = plan.cluster
  const answers = createLookupAnswers(work.facts.clusters.get(id), plan.scopes)
  if (plan.hold) return { id, plan, answers, units: [], digest: '', isKnown: true }
  const units = plan.units.map((unit) => prepare(unit, plan, answers, work))
  const digest = clusterDigest(units)
  return { id, plan, answers, units, digest, isKnown: work.known.clusters.get(id) === digest }
}

function prepare(
  unit: PlannedUnit,
  cluster: ClusterPlan,
  answers: LookupAnswers,
  work: ClusterWork,
): PreparedUnit {
  if (unit.hold) return { unit, hold: unit.hold }
  const place = { cluster: cluster.cluster.id, unit }
  const hold = (failure: ReturnType<typeof unitHeld>): HeldUnit => {
    work.report(failure)
    return { unit, hold: { reason: 'error', message: failure.message } }
  }
  const keeper = keepingOwner(unit, cluster, work.known)
  if (keeper !== undefined) return hold(unitHeld(place, keeper))
  const key = sourceKey(unit)
  const source = key === undefined ? undefined : work.sources.get(key)
  if (key !== undefined && source === undefined) return hold(sourceUnavailable(place, key))
  const tree = source && ownTree(unit, source, work.files)
  const given: UnitInputs = {
    cluster,
    unit,
    ...(tree && { tree }),
    remotes: source?.remotes ?? new Map(),
    charts: source?.charts ?? new Map(),
  }
  const digest = inputsDigest(work.engine.versions.digest, given, work.digest)
  const recorded = work.known.units.get(cluster.cluster.id)?.get(unit.name)?.looked
  const expected = recorded?.asked ?? []
  // Where the facts do not say any more what it found, rendering tells whether that still matters.
  const isForeseen = recorded?.given === digest && expected.every((lookup) => answers.has(lookup))
  const inputs = isForeseen ? answeredDigest(digest, expected, answers) : digest
  return { unit, given, digest, expected, inputs }
}

/** A chart or a folder of policies is cut out of its source; a kustomization reaches beyond its folder. */
function ownTree(unit: PlannedUnit, source: RenderSource, files: SourceFiles): RenderSource['tree'] {
  if (unit.kind === 'helm') return files.folder(source.tree, unit.path)
  if (unit.kind === 'policy' && unit.content.type === 'source')
    return files.folder(source.tree, unit.content.path)
  return source.tree
}

function sourceKey(unit: PlannedUnit): string | undefined {
  if (unit.kind === 'helm' || unit.kind === 'kustomize') return unit.source.key
  return unit.kind === 'policy' && unit.content.type === 'source' ? unit.content.source.key : undefined
}

/** Everything that decides the folders of a cluster. */
export function clusterDigest(
  units: readonly (HeldUnit | { readonly unit: PlannedUnit; readonly inputs: string })[],
): string {
  const rows = units.map((one) => {
    const { name, claim, deploymentType, dependsOn, leaveOnRemoval, createNamespaces, syncMode } = one.unit
    const owner = [claim.profile.id, claim.tier, claim.referenceTier, claim.path]
    const what = 'hold' in one ? ['held', one.hold.reason] : ['inputs', one.inputs]
    return [name, owner, deploymentType, dependsOn, leaveOnRemoval, createNamespaces, syncMode, ...what]
  })
  return sha256(JSON.stringify(rows))
}
