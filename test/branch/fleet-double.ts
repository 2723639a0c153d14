import { createHash } from 'node:crypto'
import {
  knownUnits,
  layOut,
  planUpdate,
  updateBranch,
  type BranchReading,
  type UpdateOutcome,
} from '../../src/branch/branch.ts'
import type { BranchWriter } from '../../src/branch/branch-writer-port.ts'
import type { PreviousTree, Tree, UpdatePlan } from '../../src/branch/types.ts'
import { defaultConfig } from '../../src/config/config.ts'
import type { FleetConfig } from '../../src/config/types.ts'
import type { Diagnostic } from '../../src/diagnostics/types.ts'
import type { HelmHook } from '../../src/engine/types.ts'
import type { Cluster, Profile, ValidateHealth } from '../../src/intent/types.ts'
import type { Manifest, RenderedCluster, RenderedUnit, UnitResult } from '../../src/render/types.ts'
import type { ClusterPlan, HelmUnit, Hold, Plan, PlannedUnit, PolicyUnit } from '../../src/resolve/types.ts'

/** A unit of a cluster as a test writes it: what is planned, and what it renders to. */
export interface UnitDouble {
  readonly unit: PlannedUnit
  readonly manifests: readonly Manifest[]
}

export interface ClusterDouble {
  readonly cluster: Cluster
  readonly units: readonly UnitDouble[]
  readonly hold?: Hold
  readonly heldProfiles?: ClusterPlan['heldProfiles']
}

export function cluster(id: string, overrides: Partial<Cluster> = {}): Cluster {
  const [namespace = '', name = ''] = id.split('/')
  return {
    type: 'capi',
    namespace,
    name,
    id,
    labels: {},
    annotations: {},
    json: '{}',
    value: {},
    paused: false,
    kubeconfigSecret: { name: `${name}-kubeconfig`, key: 'value' },
    ...overrides,
  }
}

const text = 'kind: ClusterProfile\n'
const document = { file: { path: 'profile.yaml', text }, start: 0, end: text.length, value: {}, json: '{}' }

export function profile(name: string, overrides: Partial<Profile> = {}): Profile {
  return {
    kind: 'ClusterProfile',
    id: `ClusterProfile/${name}`,
    name,
    document,
    labels: {},
    annotations: {},
    paused: false,
    spec: {
      clusterRefs: [],
      setRefs: [],
      syncMode: 'Continuous',
      tier: 100,
      continueOnConflict: false,
      continueOnError: false,
      stopMatchingBehavior: 'WithdrawPolicies',
      reloader: false,
      templateResourceRefs: [],
      dependsOn: [],
      policyRefs: [],
      helmCharts: [],
      kustomizationRefs: [],
      preDeployChecks: [],
      validateHealths: [],
      preDeleteChecks: [],
      postDeleteChecks: [],
      patches: [],
      patchesFrom: [],
      driftExclusions: [],
      extraLabels: {},
      extraAnnotations: {},
    },
    ...overrides,
  }
}

/** A profile with parts of a spec. */
export function profileWith(name: string, spec: Partial<Profile['spec']>): Profile {
  const plain = profile(name)
  return { ...plain, spec: { ...plain.spec, ...spec } }
}

/** A check of Deployments, called `ready`, by rules of CEL or otherwise. */
export function check(
  overrides: Partial<ValidateHealth> & { readonly rules?: readonly string[] } = {},
): ValidateHealth {
  const { rules = [], ...rest } = overrides
  return {
    ...({ name: 'ready', featureID: 'Helm', group: 'apps', version: 'v1', kind: 'Deployment' } as const),
    ...{ namespace: '', labelFilters: [], script: '' },
    evaluateCEL: rules.map((rule, index) => ({ name: `rule-${index}`, rule })),
    ...rest,
  }
}

function base(name: string, owner: Profile) {
  return {
    name,
    claim: {
      profile: owner,
      tier: owner.spec.tier,
      referenceTier: 100,
      because: { kind: 'selector' } as const,
      path: [],
    },
    deploymentType: 'Remote',
    dependsOn: [],
    syncMode: 'Continuous',
    leaveOnRemoval: false,
    createNamespaces: true,
    finish: {},
  } as const
}

/** A Helm release `<namespace>/<release>` with what its chart renders. */
export function helm(
  release: string,
  manifests: readonly Manifest[],
  overrides: Partial<HelmUnit> & { owner?: Profile } = {},
): UnitDouble {
  const [namespace = '', name = ''] = release.split('/')
  const { owner = profile(name), ...rest } = overrides
  const unit: HelmUnit = {
    ...base(`helm-${namespace}-${name}`, owner),
    kind: 'helm',
    source: { key: 'chart', type: 'repository', path: 'chart' },
    path: '',
    release: { name, namespace },
    values: '{}',
    includeCrds: true,
    skipSchemaValidation: false,
    disableHooks: false,
    timeoutMs: 300_000,
    ...rest,
  }
  return { unit, manifests }
}

export function policy(
  name: string,
  manifests: readonly Manifest[],
  overrides: Partial<PolicyUnit> & { owner?: Profile } = {},
): UnitDouble {
  const { owner = profile(name), ...rest } = overrides
  const unit: PolicyUnit = {
    ...base(`policy-${name}`, owner),
    kind: 'policy',
    content: { type: 'texts', texts: [] },
    instantiate: 'none',
    templateData: '{}',
    ...rest,
  }
  return { unit, manifests }
}

/** `object('ConfigMap web/app')`, `object('rbac.authorization.k8s.io/v1 ClusterRole admin')`. */
export function object(what: string, more: { body?: string; hook?: HelmHook } = {}): Manifest {
  const words = what.split(' ')
  const [apiVersion = '', kind = '', path = ''] = words.length === 3 ? words : ['v1', ...words]
  const [namespace, name = ''] = path.includes('/') ? path.split('/') : [undefined, path]
  const metadata = [
    ...(namespace === undefined ? [] : [`  namespace: ${namespace}`]),
    `  name: ${name}`,
  ].join('\n')
  const yaml = `apiVersion: ${apiVersion}\nkind: ${kind}\nmetadata:\n${metadata}\n${more.body ?? ''}`
  return {
    apiVersion,
    kind,
    ...(namespace !== undefined && { namespace }),
    name,
    ...(more.hook && { hook: more.hook }),
    text: yaml,
    digest: sha256(yaml),
  }
}

export function hook(...events: readonly string[]): HelmHook {
  return { events, weight: 0, deletePolicies: [] }
}

export function fleet(...clusters: readonly ClusterDouble[]): readonly ClusterDouble[] {
  return clusters
}

export function planOf(clusters: readonly ClusterDouble[]): Plan {
  return {
    clusters: clusters.map(({ cluster, units, hold, heldProfiles }) => ({
      cluster,
      labels: [],
      kubeVersion: 'v1.34.0',
      apiVersions: [],
      scopes: {},
      ...(hold && { hold }),
      heldProfiles: heldProfiles ?? [],
      units: units.map(({ unit }) => unit),
      conflicts: [],
    })),
    references: [],
    sets: [],
    needs: [],
    labelConflicts: [],
    events: [],
    health: { objects: [], conditions: [] },
  }
}

const inputsOf = new WeakMap<readonly Manifest[], string>()

/** As the render stage does: units whose recorded inputs are the same are not rendered again. */
export async function renderDouble(
  clusters: readonly ClusterDouble[],
  known?: ReturnType<typeof knownUnits>,
): Promise<RenderedCluster[]> {
  const digests = clusters.map(({ cluster, units, hold }) => ({
    id: cluster.id,
    hold,
    digest: sha256(
      JSON.stringify(units.map(({ unit, manifests }) => [unit.name, unit.dependsOn, inputs(manifests)])),
    ),
    units,
  }))
  const stale = digests.filter(({ id, digest, hold }) => !hold && known?.clusters.get(id) !== digest)
  const records = (await known?.load(stale.map(({ id }) => id))) ?? new Map()
  return digests.map(({ id, digest, hold, units }) => {
    if (hold) return { id, digest: '', units: [], conflicts: [] }
    const isWhole = known?.clusters.get(id) === digest
    return {
      id,
      digest,
      conflicts: [],
      units: units.map(({ unit, manifests }): RenderedUnit => {
        const digestOf = inputs(manifests)
        if (unit.hold) return { unit, inputs: '', result: { status: 'held', hold: unit.hold } }
        const isSame =
          isWhole ||
          (records.get(`${id}/${unit.name}`) as { inputs: string } | undefined)?.inputs === digestOf
        return { unit, inputs: digestOf, result: isSame ? { status: 'unchanged' } : rendered(manifests) }
      }),
    }
  })
}

function rendered(manifests: readonly Manifest[]): UnitResult {
  return {
    status: 'rendered',
    manifests,
    record: {
      inputs: inputs(manifests),
      objects: manifests.map(({ apiVersion, kind, namespace, name }) => ({
        apiVersion,
        kind,
        ...(namespace !== undefined && { namespace }),
        name,
      })),
      lost: [],
      provides: [],
      scopedBy: [],
    },
  }
}

function inputs(manifests: readonly Manifest[]): string {
  const known = inputsOf.get(manifests) ?? sha256(JSON.stringify(manifests))
  inputsOf.set(manifests, known)
  return known
}

export function config(
  rendered: Partial<FleetConfig['rendered']> = {},
  rest: Partial<FleetConfig> = {},
): FleetConfig {
  return { ...defaultConfig, ...rest, rendered: { ...defaultConfig.rendered, ...rendered } }
}

export interface RunDouble {
  readonly ahead?: BranchReading
  readonly config?: FleetConfig
  readonly files?: ReadonlyMap<string, string>
  readonly allowDelete?: readonly string[]
  readonly commit?: string
  readonly asOf?: string
  readonly branch?: string
}

export const sourceCommit = 'a'.repeat(40)

export function treeOf(
  clusters: readonly ClusterDouble[],
  rendered: readonly RenderedCluster[],
  run: RunDouble,
  diagnostics: Diagnostic[],
): Tree {
  const provenance = {
    source: {
      commit: run.commit ?? sourceCommit,
      committedAt: '2026-01-02T03:04:05Z',
      author: { name: 'Ada', email: 'ada@example.org' },
    },
    compiler: '0.1.0',
    engine: { protocol: 1, helm: 'v4', kustomize: 'v5', go: 'go1.26', digest: 'engine' },
    asOf: run.asOf ?? '2026-01-03T00:00:00Z',
    digests: { facts: 'facts', lock: 'lock', config: 'config' },
    pins: new Map(),
    sets: [],
  }
  const inputs = { config: run.config ?? config(), provenance, files: run.files ?? new Map<string, string>() }
  return layOut(planOf(clusters), rendered, inputs, (diagnostic) => diagnostics.push(diagnostic))
}

export interface Ran {
  readonly outcome: UpdateOutcome
  readonly diagnostics: readonly Diagnostic[]
}

/** The whole way from a fleet to the branch, with JSON for YAML: that is YAML, too. */
export async function run(
  writer: BranchWriter,
  clusters: readonly ClusterDouble[],
  options: RunDouble = {},
): Promise<Ran> {
  const diagnostics: Diagnostic[] = []
  const report = (diagnostic: Diagnostic): void => void diagnostics.push(diagnostic)
  const branch = options.branch ?? 'rendered'
  const outcome = await updateBranch(
    writer,
    { branch, report, ...(options.ahead && { ahead: options.ahead }) },
    (previous) => plan(writer, previous, { clusters, options, diagnostics }),
  )
  return { outcome, diagnostics }
}

export async function plan(
  writer: BranchWriter,
  previous: PreviousTree,
  {
    clusters,
    options,
    diagnostics,
  }: { clusters: readonly ClusterDouble[]; options: RunDouble; diagnostics: Diagnostic[] },
): Promise<UpdatePlan> {
  const readFiles: BranchWriter['readFiles'] = (state, paths) => writer.readFiles(state, paths)
  const rendered = await renderDouble(clusters, knownUnits(previous, readFiles))
  return planUpdate(
    previous,
    treeOf(clusters, rendered, options, diagnostics),
    {
      config: options.config ?? config(),
      print: printJson,
      readFiles,
      committer: { name: 'fleetwright', email: 'bot@example.org' },
      allowDelete: options.allowDelete ?? [],
    },
    (diagnostic) => diagnostics.push(diagnostic),
  )
}

export function printJson(objects: readonly string[]): Promise<string[]> {
  return Promise.resolve(objects.map((json) => `${json}\n`))
}

export function sha256(text: string): string {
  return createHash('sha256').update(text).digest('hex')
}

/** A kind that a real API server takes. */
export const widgets = object('apiextensions.k8s.io/v1 CustomResourceDefinition widgets.example.org', {
  body: `spec:
  group: example.org
  names: {kind: Widget, listKind: WidgetList, plural: widgets, singular: widget}
  scope: Namespaced
  versions:
  - {name: v1, served: true, storage: true, schema: {openAPIV3Schema: {type: object, x-kubernetes-preserve-unknown-fields: true}}}
`,
})
