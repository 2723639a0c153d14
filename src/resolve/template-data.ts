import type { JsonObject, Json } from '../engine/types.ts'
import { withSecretTokens } from '../secrets/token.ts'
import type { ClusterState } from './cluster-state.ts'
import { referenceNotFound } from './diagnostics.ts'
import type { ProfileClaim } from './types.ts'
import { instantiateIn, notObserved, placeOf, Unresolvable, type Claimed, type World } from './world.ts'

/**
 * What the templates of a profile see on a cluster (sveltos.md 2.1 to 2.3). Objects keep their exact numbers where they
 * are whole; Secrets carry tokens in place of their values (decision 7).
 */
export async function templateData(world: World, claim: ProfileClaim, state: ClusterState): Promise<Claimed> {
  const { cluster } = state
  // Only what the fleet's labels say reaches templates as the cluster's labels: the joined ones, as selectors see them.
  const clusterJson = cluster.json
  const referenceData = object({
    Cluster: clusterJson,
    ClusterNamespace: JSON.stringify(cluster.namespace),
    ClusterName: JSON.stringify(cluster.name),
  })
  const bare: Claimed = { claim, state, referenceData, profileData: '', resources: '{}' }
  const resources = await templateResources(world, bare)
  const related = (reference: typeof cluster.controlPlane): string => {
    const found = reference && world.objects.find(reference, claim.profile.id)
    // Templates that need it fail by themselves where it is null.
    return found === undefined || found === 'not-observed' ? 'null' : found.json
  }
  return {
    ...bare,
    resources,
    profileData: object({
      Cluster: clusterJson,
      KubeadmControlPlane: related(cluster.controlPlane),
      InfrastructureProvider: related(cluster.infrastructure),
      MgmtResources: resources,
    }),
  }
}

function object(members: Readonly<Record<string, string>>): string {
  const rows = Object.entries(members).map(([key, json]) => `${JSON.stringify(key)}:${json}`)
  return `{${rows.join(',')}}`
}

/** Objects of templateResourceRefs by identifier, as JSON text. */
async function templateResources(world: World, claimed: Claimed): Promise<string> {
  const { profile } = claimed.claim
  const references = profile.spec.templateResourceRefs
  const names = await instantiateIn(
    world,
    claimed,
    'reference',
    references.flatMap(({ resource }, index) => [
      { path: ['spec', 'templateResourceRefs', index, 'resource', 'namespace'], text: resource.namespace },
      { path: ['spec', 'templateResourceRefs', index, 'resource', 'name'], text: resource.name },
    ]),
  )
  const members: Record<string, string> = {}
  let missing = false
  references.forEach((reference, index) => {
    const namespace = names[index * 2] || claimed.state.cluster.namespace
    const name = names[index * 2 + 1] || claimed.state.cluster.namespace
    const found =
      world.objects.find({ ...reference.resource, namespace, name }, profile.id) ??
      world.objects.find({ ...reference.resource, namespace: '', name }, profile.id)
    const path = ['spec', 'templateResourceRefs', index, 'resource']
    if (found === 'not-observed')
      notObserved(world, claimed, path, { ...reference.resource, namespace, name })
    if (found) {
      members[reference.identifier] = visiblePart(found, reference)
    } else if (!reference.optional) {
      world.report(
        referenceNotFound(placeOf(claimed, path), { kind: reference.resource.kind, namespace, name }),
      )
      missing = true
    }
  })
  if (missing) throw new Unresolvable(`an object that the templates of ${profile.id} need does not exist`)
  return object(members)
}

/** sveltos.md 2.3: `watchFields` leaves only those fields, `ignoreStatusChanges` drops what moves by itself. */
function visiblePart(
  found: { readonly value: JsonObject; readonly json: string },
  {
    watchFields,
    ignoreStatusChanges,
  }: { readonly watchFields: readonly string[]; readonly ignoreStatusChanges: boolean },
): string {
  const isSecret = found.value['kind'] === 'Secret'
  if (!isSecret && watchFields.length === 0 && !ignoreStatusChanges) return found.json
  const shown = withSecretTokens(found.value) as JsonObject
  if (watchFields.length > 0) return JSON.stringify(onlyFields(shown, watchFields))
  if (!ignoreStatusChanges) return JSON.stringify(shown)
  const { status: _status, metadata, ...rest } = shown
  const {
    resourceVersion: _version,
    managedFields: _fields,
    ...kept
  } = (metadata ?? {}) as Record<string, Json>
  return JSON.stringify({ ...rest, metadata: kept })
}

function onlyFields(value: JsonObject, paths: readonly string[]): JsonObject {
  const result: Record<string, Json> = {}
  for (const path of paths) {
    const keys = path.split('.').filter((key) => key !== '')
    let from: Json | undefined = value
    for (const key of keys) from = isMap(from) ? from[key] : undefined
    if (from === undefined) continue
    let into = result
    for (const key of keys.slice(0, -1)) into = (into[key] ??= {}) as Record<string, Json>
    const last = keys.at(-1)
    if (last !== undefined) into[last] = from
  }
  return result
}

function isMap(value: Json | undefined): value is JsonObject {
  return typeof value === 'object' && value !== null && !Array.isArray(value)
}
