import type { ProfileSpec } from '../../intent/types.ts'
import { objectKey } from '../../kubernetes/object-key.ts'
import type { ClusterPlan } from '../../resolve/types.ts'
import type { Entry } from './entry-changes.ts'

interface Reference {
  /** Absent for a kind that a reference need not name. */
  readonly apiVersion?: string
  readonly kind?: string
  readonly namespace: string
  readonly name: string
}

const apiVersions: Readonly<Record<string, string>> = {
  GitRepository: 'source.toolkit.fluxcd.io/v1',
  OCIRepository: 'source.toolkit.fluxcd.io/v1',
  Bucket: 'source.toolkit.fluxcd.io/v1',
}

/** Keys of the objects that an entry of a profile reads on a cluster, as far as they are named without much ado. */
export function keysReadBy({ profile, path }: Entry, cluster: ClusterPlan): readonly string[] {
  const { spec, namespace: own } = profile
  const references: readonly Reference[] = [
    ...ofEntry(spec, path),
    ...spec.patchesFrom,
    ...spec.templateResourceRefs.map(({ resource }) => resource),
  ]
  return references.flatMap((reference) => {
    const { kind } = reference
    const name = filledIn(reference.name, cluster)
    const namespace = filledIn(reference.namespace, cluster)
    if (kind === undefined || name === undefined || name === '' || namespace === undefined) return []
    const apiVersion = reference.apiVersion ?? apiVersions[kind] ?? 'v1'
    const home = own ?? (namespace === '' ? cluster.cluster.namespace : namespace)
    return [objectKey({ apiVersion, kind, name, namespace: home })]
  })
}

function ofEntry(spec: ProfileSpec, path: Entry['path']): readonly Reference[] {
  const [list, index] = path.slice(1)
  if (typeof index !== 'number') return []
  if (list === 'helmCharts') return spec.helmCharts[index]?.valuesFrom ?? []
  if (list === 'policyRefs') return spec.policyRefs.slice(index, index + 1)
  const kustomization = spec.kustomizationRefs[index]
  return kustomization ? [kustomization, ...kustomization.valuesFrom] : []
}

/** `{{ .Cluster.metadata.labels.env }}` and `{{ index .Cluster.metadata.labels "env" }}` */
const simpleTemplate =
  /\{\{-?\s*(?:\.Cluster\.metadata\.(name|namespace|labels\.(\w+))|\(?index \.Cluster\.metadata\.labels "([^"]+)"\)?)\s*-?\}\}/g

/** Names are templates often, and nearly always of this form; what the others give is not known here. */
function filledIn(text: string, { cluster, labels }: ClusterPlan): string | undefined {
  const filled = text.replace(simpleTemplate, (whole, field: string | undefined, ...keys) => {
    if (field === 'name') return cluster.name
    if (field === 'namespace') return cluster.namespace
    const key = (keys as (string | undefined)[]).slice(0, 2).find((one) => one !== undefined)
    return labels.find((label) => label.key === key)?.value ?? whole
  })
  return filled.includes('{{') ? undefined : filled
}
