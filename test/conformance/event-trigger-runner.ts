import { parseFacts } from '../../src/observe/observe.ts'
import type { Diagnostic } from '../../src/diagnostics/types.ts'
import type { Engine } from '../../src/engine/types.ts'
import type { Cluster, EventTrigger, Profile, ProfileSpec } from '../../src/intent/types.ts'
import type { ClusterState } from '../../src/resolve/cluster-state.ts'
import type { Generated } from '../../src/resolve/events/event-world.ts'
import { generateProfiles } from '../../src/resolve/events/generate-profiles.ts'
import { createKnowledge } from '../../src/resolve/knowledge.ts'
import { managementObjects } from '../../src/resolve/management-objects.ts'
import { createScripts } from '../../src/resolve/scripts.ts'
import { parseFiles } from '../reading.ts'
import type { JsonMap, OracleCase, StoredObject } from './oracle-cases.ts'

/** One case of area `eventtrigger`. */
export interface EventTriggerCase extends Omit<OracleCase, 'input'> {
  readonly input: OracleCase['input'] & { readonly eventTrigger: JsonMap }
}

type Reference = {
  readonly apiVersion: string
  readonly kind: string
  readonly namespace?: string
  readonly name: string
}

/** What was written to the management cluster: profiles with their specs complete, everything else as data. */
export interface Applied {
  /** Name where the trigger gives one. References to what was filled in hold its content in place of its random name. */
  readonly profiles: readonly unknown[]
  /** ConfigMaps and Secrets that have a name of their own. */
  readonly generated: readonly unknown[]
}

/** Runs a case through parsing, seeing and generating, as a compile does. Undefined: it is an error. */
export async function runEventTrigger(engine: Engine, one: EventTriggerCase): Promise<Applied | undefined> {
  const { input } = one
  const { matchingResources = [], cloudEvents = [], resources } = input.eventReport ?? {}
  const collected = Array.isArray(resources) ? (resources as readonly StoredObject[]) : []
  const seen =
    collected.length > 0 ? collected : (matchingResources as readonly unknown[] as Reference[]).map(toObject)
  const { fleet } = await parseFiles(engine, {
    'trigger.yaml': JSON.stringify(input.eventTrigger),
    'cluster.yaml': JSON.stringify(input.cluster),
    'source.yaml': JSON.stringify(eventSource(seen, collected.length > 0, cloudEvents.length > 0)),
    ...Object.fromEntries(
      (input.objects ?? []).map((object, index) => [`${index}.yaml`, JSON.stringify(object)]),
    ),
  })
  const [written] = fleet.eventTriggers
  const [cluster] = fleet.clusters
  if (written === undefined || cluster === undefined)
    throw new Error(`${one.id} has no trigger or no cluster`)
  // The oracle ran what comes after the choice of the sources, for this cluster and this report.
  const { faulty: _faulty, ...trigger }: EventTrigger = {
    ...written,
    clusterSetRefs: ['oracle'],
    eventSourceName: 'oracle',
  }
  const facts = parseFacts(recorded(cluster, seen, cloudEvents), unexpected)
  const diagnostics: Diagnostic[] = []
  const knowledge = createKnowledge(facts)
  const scripts = createScripts({
    clockMs: Date.UTC(2026, 0, 2),
    elapsedMs: () => 0,
    report: (diagnostic) => void diagnostics.push(diagnostic),
  })
  const generated = await generateProfiles(
    [toState(cluster)],
    { ...fleet, eventTriggers: [trigger] },
    facts,
    {
      ...scripts,
      engine,
      knowledge,
      objects: managementObjects(fleet, facts, { knowledge, isComplete: true }),
      membersOf: new Map([['ClusterSet/oracle', [cluster.id]]]),
    },
  )
  if (diagnostics.some(({ severity }) => severity === 'error')) return undefined
  return ours(generated, trigger)
}

function unexpected({ message }: Diagnostic): never {
  throw new Error(message)
}

function toObject({ apiVersion, kind, namespace, name }: Reference): StoredObject & { apiVersion: string } {
  return { apiVersion, kind, metadata: { name, ...(namespace !== undefined && { namespace }) } }
}

/** Sees every object of the kinds that the report holds, and every CloudEvent. */
function eventSource(
  seen: readonly (StoredObject & { readonly apiVersion?: string })[],
  collectResources: boolean,
  hasCloudEvents: boolean,
): object {
  const kinds = new Map(
    seen.map(({ apiVersion = 'v1', kind }) => {
      const [version = '', group = ''] = apiVersion.split('/').reverse()
      return [`${apiVersion} ${kind}`, { group, version, kind }]
    }),
  )
  return {
    apiVersion: 'lib.projectsveltos.io/v1beta1',
    kind: 'EventSource',
    metadata: { name: 'oracle' },
    spec: {
      resourceSelectors: [...kinds.values()],
      collectResources,
      ...(hasCloudEvents && { messagingMatchCriteria: [{}] }),
    },
  }
}

function recorded(
  { id }: Cluster,
  objects: readonly unknown[],
  cloudEvents: readonly JsonMap[],
): ReadonlyMap<string, string> {
  return new Map([
    [`.fleetwright/facts/${id}.json`, JSON.stringify({ objects })],
    ...cloudEvents.map((event, index): [string, string] => [
      `.fleetwright/facts/events/${id}/${index}.json`,
      JSON.stringify(event),
    ]),
  ])
}

function toState(cluster: Cluster): ClusterState {
  return {
    cluster,
    labels: [],
    labelMap: {},
    ready: true,
    kubeVersion: 'v1.33.0',
    versionKnown: true,
    apiVersions: [],
    scopes: {},
  }
}

function ours({ profiles, objects }: Generated, trigger: EventTrigger): Applied {
  const values = [...objects.values()].map(({ value }) => value as unknown as StoredObject)
  const isReferred = (object: StoredObject): boolean => /-[0-9a-f]{10}$/.test(object.metadata.name)
  return toApplied(
    profiles,
    values.filter(isReferred),
    values.filter((object) => !isReferred(object)),
    trigger.profileNameFormat !== '',
  )
}

/** What the real code wrote, read by the parser that reads what people write. */
export async function expectedOf(engine: Engine, one: EventTriggerCase): Promise<Applied | undefined> {
  if ('error' in one.expected) return undefined
  const applied = (one.expected['applied'] ?? []) as readonly StoredObject[]
  const plain = JSON.parse(
    JSON.stringify(applied).replace(/<random-(\d+)>/g, 'random-$1'),
  ) as readonly StoredObject[]
  const isRandom = ({ metadata }: StoredObject): boolean => /^random-\d+$/.test(metadata.name)
  const isProfile = ({ kind }: StoredObject): boolean => kind === 'ClusterProfile'
  const { fleet } = await parseFiles(
    engine,
    Object.fromEntries(
      plain.filter(isProfile).map((object, index) => [`${index}.yaml`, JSON.stringify(object)]),
    ),
  )
  const contents = plain.filter((object) => !isProfile(object))
  return toApplied(
    fleet.profiles,
    contents.filter(isRandom),
    contents.filter((object) => !isRandom(object)),
    plain.some((object) => isProfile(object) && !isRandom(object)),
  )
}

function toApplied(
  profiles: readonly Profile[],
  filled: readonly StoredObject[],
  generated: readonly StoredObject[],
  isNamed: boolean,
): Applied {
  const sorted = (items: readonly unknown[]): readonly unknown[] =>
    [...items].sort((a, b) => (JSON.stringify(a) < JSON.stringify(b) ? -1 : 1))
  const byName = new Map(filled.map((object) => [object.metadata.name, contentOf(object)]))
  return {
    profiles: sorted(
      profiles.map(({ name, spec }) => ({ ...(isNamed && { name }), spec: withContents(spec, byName) })),
    ),
    generated: sorted(generated.map((object) => ({ name: object.metadata.name, ...contentOf(object) }))),
  }
}

/** Without name and labels, which are Sveltos' own bookkeeping (decision 14). */
function contentOf({ kind, type, data, metadata }: StoredObject): object {
  return { kind, type, data, annotations: metadata.annotations ?? {} }
}

/** Local references come first, each group in its order (sveltos.md 5.4). */
function withContents(spec: ProfileSpec, contents: ReadonlyMap<string, object>): unknown {
  const local = spec.policyRefs.filter(({ deploymentType }) => deploymentType === 'Local')
  const remote = spec.policyRefs.filter(({ deploymentType }) => deploymentType !== 'Local')
  return JSON.parse(
    JSON.stringify({ ...spec, policyRefs: [...local, ...remote] }, (key, value: unknown) => {
      const content = key === 'name' && typeof value === 'string' ? contents.get(value) : undefined
      // Go leaves an empty group of a patch's target out.
      return key === 'group' && value === '' ? undefined : (content ?? value)
    }),
  )
}
