import { createHash } from 'node:crypto'
import type { FileTree } from '../engine/types.ts'
import type { ClusterPlan, PlannedUnit } from '../resolve/types.ts'

/** Everything besides the unit itself that its objects depend on. */
export interface UnitInputs {
  readonly cluster: ClusterPlan
  readonly unit: PlannedUnit
  /** Files of the unit's source: a chart, a kustomization's tree, a folder of policies. */
  readonly tree?: FileTree
  /** Remote bases and charts of a kustomization. */
  readonly remotes: ReadonlyMap<string, FileTree>
  readonly charts: ReadonlyMap<string, FileTree>
}

/** Digests of values that many units share, by identity: clusters of one version share tables of a thousand rows. */
export function createDigester(): (value: object) => string {
  const known = new WeakMap<object, string>()
  return (value) => {
    const digest = known.get(value) ?? sha256(JSON.stringify(value))
    known.set(value, digest)
    return digest
  }
}

/**
 * sha256 over all that the objects of a unit depend on, but for what its chart looks up (`answeredDigest`). Complete on
 * purpose, so that equal digests may stand for equal objects; the cluster's name is in it only where the unit can see it.
 */
export function inputsDigest(
  engineDigest: string,
  { cluster, unit, tree, remotes, charts }: UnitInputs,
  digest: (value: object) => string,
): string {
  const { scopes, ...finish } = unit.finish
  const capabilities = unit.kind === 'policy' ? [] : [cluster.kubeVersion, digest(cluster.apiVersions)]
  return sha256(
    JSON.stringify([
      engineDigest,
      unit.kind,
      tree?.digest ?? '',
      digestsOf(remotes),
      digestsOf(charts),
      finish,
      scopes === undefined ? '' : digest(scopes),
      capabilities,
      ownInputs(unit),
    ]),
  )
}

function ownInputs(unit: PlannedUnit): unknown {
  switch (unit.kind) {
    case 'helm': {
      const { path, release, values, includeCrds, skipSchemaValidation, disableHooks } = unit
      return [path, release.name, release.namespace, values, includeCrds, skipSchemaValidation, disableHooks]
    }
    case 'kustomize':
      return [unit.path, unit.components, Object.entries(unit.values)]
    case 'policy':
      return [
        unit.instantiate,
        unit.templateData,
        unit.content.type === 'texts' ? unit.content.texts : unit.content.path,
      ]
    case 'unresolved':
      return []
  }
}

function digestsOf(trees: ReadonlyMap<string, FileTree>): readonly (readonly [string, string])[] {
  return [...trees].map(([name, tree]) => [name, tree.digest] as const).sort(([a], [b]) => (a < b ? -1 : 1))
}

export function sha256(text: string): string {
  return createHash('sha256').update(text).digest('hex')
}
