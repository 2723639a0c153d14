import type { EventTrigger, Profile, ProfileSpec } from '../../intent/types.ts'
import { emptySelector, isEmptySelector } from '../../kubernetes/label-selector.ts'
import { isObjectName } from '../../kubernetes/object-name.ts'
import type { ObjectReference } from '../../kubernetes/types.ts'
import type { ClusterState } from '../cluster-state.ts'
import { badGeneratedName } from '../event-diagnostics.ts'
import { functionBlocked, templateFailed } from '../diagnostics.ts'
import { instantiate, type Template } from '../instantiate.ts'
import { placeOf, Unresolvable, type Claimed, type World } from '../world.ts'
import { deterministicName } from './event-names.ts'
import { fillGenerators, fillReferences, withFilled, type FilledObject } from './fill-contents.ts'
import { mapTemplates, type FilledTrigger } from './fill-in.ts'
import type { Occurrence } from './occurrences.ts'

/** What one occurrence gives. */
export interface GeneratedProfile {
  readonly profile: Profile
  readonly objects: readonly FilledObject[]
}

/**
 * Generates the profile of one occurrence in a source cluster (sveltos.md 5.4): event data filled into names, charts and
 * contents, everything else as the trigger has it; what is left of templates is for the destination's cluster. Reports every
 * fault and throws Unresolvable.
 */
export async function generateProfile(
  world: World,
  trigger: EventTrigger,
  state: ClusterState,
  occurrence: Occurrence,
): Promise<GeneratedProfile> {
  const claimed = claimOf(bareProfile(trigger, occurrence), state)
  const making = { trigger, occurrence, claimed }
  const filled = await fillTemplates(world, claimed, trigger, occurrence)
  const generated = await fillGenerators(world, making, filled.generators)
  // Generators come first: the same trigger may refer to what they make.
  const inner = { ...world, objects: withFilled(world.objects, generated) }
  const contents = await fillReferences(inner, making, filled.spec)
  const name = filled.profileNameFormat
  if (trigger.profileNameFormat !== '' && !isObjectName(name)) {
    const fault = badGeneratedName(placeOf(claimed, ['spec', 'profileNameFormat']), name)
    world.report(fault)
    throw new Unresolvable(fault.message)
  }
  const bare = claimed.claim.profile
  return {
    profile: {
      ...bare,
      name: trigger.profileNameFormat === '' ? bare.name : name,
      spec: { ...contents.spec, ...destination(trigger, filled, state) },
    },
    objects: [...generated, ...contents.objects],
  }
}

/** The profile of an occurrence before anything is filled in: what diagnostics speak of. */
export function bareProfile(trigger: EventTrigger, { id, words }: Pick<Occurrence, 'id' | 'words'>): Profile {
  return {
    kind: 'ClusterProfile',
    name: deterministicName([trigger.name, ...words], id),
    id,
    document: trigger.document,
    labels: {},
    annotations: {},
    spec: trigger.profileSpec,
    paused: false,
  }
}

export function claimOf(profile: Profile, state: ClusterState): Claimed {
  const claim = { profile, tier: profile.spec.tier, because: { kind: 'cluster-ref' as const } }
  return { claim, state, profileData: '', referenceData: '', resources: '{}' }
}

async function fillTemplates(
  world: World,
  claimed: Claimed,
  trigger: EventTrigger,
  { data }: Occurrence,
): Promise<FilledTrigger> {
  const templates: Template[] = []
  mapTemplates(trigger, (path, text) => {
    templates.push({ path, text })
    return text
  })
  const texts = await fillTexts(world, claimed, data, templates)
  let next = 0
  return mapTemplates(trigger, () => texts[next++] ?? '')
}

/** Executes templates with event data; reports each fault and gives up on the profile when there is one. */
export async function fillTexts(
  world: World,
  claimed: Claimed,
  data: string,
  templates: readonly Template[],
): Promise<readonly string[]> {
  const { texts, faults, blocked } = await instantiate(
    world.engine,
    world.clockMs,
    { dialect: 'event', data },
    templates,
  )
  for (const { path, functions } of blocked) world.report(functionBlocked(placeOf(claimed, path), functions))
  for (const { path, fault } of faults) world.report(templateFailed(placeOf(claimed, path), fault))
  if (faults.length > 0) throw new Unresolvable(`a template of ${claimed.claim.profile.id} failed`)
  return texts
}

/** Where it goes: to what the trigger selects or names, else to where the event was seen. */
function destination(
  { destinationClusterSelector: selector }: EventTrigger,
  { destinationCluster }: FilledTrigger,
  state: ClusterState,
): Pick<ProfileSpec, 'clusterSelector' | 'clusterRefs'> {
  const selects = selector !== undefined && !isEmptySelector(selector)
  if (!selects && destinationCluster === undefined)
    return { clusterSelector: emptySelector, clusterRefs: [clusterReference(state)] }
  return {
    clusterSelector: selects ? selector : emptySelector,
    clusterRefs: destinationCluster ? [destinationCluster] : [],
  }
}

function clusterReference({ cluster }: ClusterState): ObjectReference {
  const { type, namespace, name, value } = cluster
  const fallback = type === 'capi' ? 'cluster.x-k8s.io/v1beta2' : 'lib.projectsveltos.io/v1beta1'
  const { apiVersion } = value
  return {
    apiVersion: typeof apiVersion === 'string' && type !== 'configured' ? apiVersion : fallback,
    kind: type === 'capi' ? 'Cluster' : 'SveltosCluster',
    namespace,
    name,
  }
}
