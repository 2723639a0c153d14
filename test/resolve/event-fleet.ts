import type { Engine } from '../../src/engine/types.ts'
import type { ClusterPlan, Plan } from '../../src/resolve/types.ts'
import { compileFiles, sveltosCluster } from '../compile-files.ts'

/** Objects of the source cluster `edge/a`, and what else decides a compile. */
export interface Seen {
  readonly objects?: readonly object[]
  /** More facts files by path. */
  readonly facts?: Readonly<Record<string, unknown>>
  readonly asOf?: string
}

/** One object of intent, as JSON, which is YAML. */
export function intent(kind: string, name: string, spec: object, more: object = {}): string {
  return `${JSON.stringify({ apiVersion: 'lib.projectsveltos.io/v1beta1', kind, metadata: { name, ...more }, spec })}\n`
}

export const services = (more: object = {}): string =>
  intent('EventSource', 'services', {
    collectResources: true,
    resourceSelectors: [{ group: '', version: 'v1', kind: 'Service' }],
    ...more,
  })

export const trigger = (spec: object, more: object = {}): string =>
  intent(
    'EventTrigger',
    'policy',
    {
      sourceClusterSelector: { matchLabels: { role: 'edge' } },
      eventSourceName: 'services',
      oneForEvent: true,
      ...spec,
    },
    more,
  )

/** A ConfigMap or Secret of namespace `default` that event data is filled in. */
export function content(
  name: string,
  data: Readonly<Record<string, string>>,
  more: {
    readonly kind?: 'ConfigMap' | 'Secret'
    readonly annotations?: object
    readonly type?: string
  } = {},
): string {
  const { kind = 'ConfigMap', annotations = { 'projectsveltos.io/instantiate': 'ok' }, type } = more
  const metadata = { name, namespace: 'default', annotations }
  const isSecret = kind === 'Secret'
  return `${JSON.stringify({
    ...{ apiVersion: 'v1', kind, metadata, ...(type && { type }) },
    ...(isSecret ? { stringData: data } : { data }),
  })}\n`
}

export const refersTo = (name: string, more: object = {}) => ({
  kind: 'ConfigMap',
  namespace: 'default',
  name,
  ...more,
})

export function service(name: string, more: object = {}): object {
  return { apiVersion: 'v1', kind: 'Service', metadata: { name, namespace: 'default' }, spec: {}, ...more }
}

export const clusters = [
  sveltosCluster('a', { role: 'edge' }, 'edge'),
  sveltosCluster('hub', { role: 'hub' }),
]

/** Compiles intent together with `edge/a`, a source cluster, and `fleet/hub`, up to the plan. */
export async function compileEvents(
  engine: Engine,
  documents: readonly string[],
  { objects = [], facts = {}, asOf }: Seen = {},
) {
  const compiled = await compileFiles(
    engine,
    { 'fleet.yaml': [...clusters, ...documents].join('---\n') },
    {
      until: 'plan',
      facts: { '.fleetwright/facts/edge/a.json': { objects }, ...facts },
      ...(asOf !== undefined && { asOf }),
    },
  )
  const plan = compiled.plan ?? never()
  const said = compiled.diagnostics.filter(({ code }) => code.startsWith('resolve/'))
  return { ...compiled, plan, said, codes: said.map(({ code }) => code) }
}

function never(): never {
  throw new Error('there is no plan')
}

/** Profile ids of the units of a cluster, each once. */
export function profilesOf(plan: Plan, cluster: string): readonly string[] {
  return [...new Set(planOf(plan, cluster).units.map(({ claim }) => claim.profile.id))]
}

export function planOf(plan: Plan, cluster: string): ClusterPlan {
  return plan.clusters.find((one) => one.cluster.id === cluster) ?? never()
}

/** Texts of the policy units of a cluster, by key. */
export function textsOf(plan: Plan, cluster: string): readonly Readonly<Record<string, string>>[] {
  return planOf(plan, cluster).units.map((unit) =>
    unit.kind === 'policy' && unit.content.type === 'texts'
      ? Object.fromEntries(unit.content.texts.map(({ name, text }) => [name, text]))
      : {},
  )
}

/** Held ids with their reasons. */
export function heldOf(plan: Plan, cluster = 'fleet/hub'): Readonly<Record<string, string>> {
  return Object.fromEntries(
    planOf(plan, cluster).heldProfiles.map(({ profile, hold }) => [profile, hold.reason]),
  )
}
