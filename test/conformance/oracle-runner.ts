import type {
  Engine,
  EngineObject,
  Outcome,
  Patch as EnginePatch,
  TemplateDialect,
} from '../../src/engine/types.ts'
import type { ObjectReference, OracleCase, StoredObject } from './oracle-cases.ts'

/** Stands for every error: only that it is one is normative. */
export const failure = { error: true }

class Refused extends Error {}

/** The day on which the oracle was made: one case prints it. */
const entropy = { seed: new Uint8Array(32), clockMs: Date.UTC(2026, 10, 21, 12) }

/** Carries out one case of the oracle with the engine, in the oracle's form; what the host decides is done by the rules. */
export async function runOracleCase(engine: Engine, one: OracleCase): Promise<unknown> {
  try {
    return await run(engine, one)
  } catch (error) {
    if (error instanceof Refused) return failure
    throw error
  }
}

function run(engine: Engine, one: OracleCase): Promise<unknown> {
  const { input } = one
  switch (one.op) {
    case 'template':
      return executeToResult(engine, 'profile', profileData(one), text(input.template))
    case 'template-seq':
      return results(engine, 'profile', profileData(one), input.templates ?? [])
    case 'refname':
    case 'refnamespace':
      return referenceName(engine, one)
    case 'event':
      return events(engine, one)
    case 'split':
      return objects(engine, [input.text ?? ''])
    case 'collect':
      return collect(engine, one)
    case 'values':
      return values(engine, one)
    case 'chart':
      return chartFields(engine, one)
    case 'kustomizeValues':
      return kustomizeValues(engine, one)
    case 'patch-raw':
    case 'patch-helm':
    case 'patch-profile':
      return patched(engine, one)
    default:
      throw new Error(`the oracle has an operation that this test does not know: ${one.op}`)
  }
}

function text(value: unknown): string {
  return typeof value === 'string' ? value : ''
}

function profileData({ input }: OracleCase): object {
  return {
    Cluster: input.cluster,
    KubeadmControlPlane: input.kubeadmControlPlane ?? null,
    InfrastructureProvider: input.infrastructureProvider ?? null,
    MgmtResources: input.mgmtResources ?? null,
  }
}

async function execute(
  engine: Engine,
  dialect: TemplateDialect,
  data: object,
  texts: readonly string[],
): Promise<readonly Outcome<string>[]> {
  const templates = texts.map((text, index) => ({ name: `template ${index}`, text }))
  return engine.executeTemplates({ dialect, data: JSON.stringify(data), templates }, entropy)
}

async function executeOne(
  engine: Engine,
  dialect: TemplateDialect,
  data: object,
  text: string,
): Promise<string> {
  const [outcome] = await execute(engine, dialect, data, [text])
  if (!outcome?.ok) throw new Refused()
  return outcome.value
}

async function executeToResult(
  engine: Engine,
  dialect: TemplateDialect,
  data: object,
  text: string,
): Promise<object> {
  return { result: await executeOne(engine, dialect, data, text) }
}

async function results(
  engine: Engine,
  dialect: TemplateDialect,
  data: object,
  texts: readonly string[],
): Promise<object> {
  const outcomes = await execute(engine, dialect, data, texts)
  return { results: outcomes.map((outcome) => (outcome.ok ? { result: outcome.value } : failure)) }
}

/** Empty names and namespaces mean the cluster's namespace (sveltos.md 2.2). */
async function referenceName(engine: Engine, { input }: OracleCase): Promise<object> {
  const { name, namespace = '' } = input.cluster.metadata
  if (!input.text) return { result: namespace }
  const data = { Cluster: input.cluster, ClusterNamespace: namespace, ClusterName: name }
  return executeToResult(engine, 'reference', data, input.text)
}

async function events(engine: Engine, { input }: OracleCase): Promise<object> {
  const { matchingResources = [], cloudEvents = [], resources } = input.eventReport ?? {}
  const collected = Array.isArray(resources) ? (resources as readonly StoredObject[]) : []
  const template = text(input.template)
  const Cluster = input.cluster
  if (!input.oneForEvent) {
    const data = {
      MatchingResources: matchingResources,
      Resources: [...collected, ...cloudEvents.map(() => null)],
      CloudEvents: cloudEvents,
      Cluster,
    }
    return results(engine, 'event', data, [template])
  }
  const matches =
    collected.length > 0
      ? collected.map((Resource) => ({ MatchingResource: referenceTo(Resource), Resource }))
      : matchingResources.map((MatchingResource) => ({ MatchingResource, Resource: null }))
  const all = [...matches, ...cloudEvents.map((CloudEvent) => ({ CloudEvent }))]
  const outcomes = await Promise.all(
    all.map((data) => results(engine, 'event', { ...data, Cluster }, [template])),
  )
  return { results: outcomes.flatMap((outcome) => (outcome as { results: unknown[] }).results) }
}

function referenceTo({
  apiVersion,
  kind,
  metadata,
}: StoredObject & { readonly apiVersion?: string }): object {
  return { apiVersion, kind, name: metadata?.name, namespace: metadata?.namespace }
}

async function toData(engine: Engine, found: readonly EngineObject[]): Promise<unknown[]> {
  const documents = await engine.parseYaml(found.map(({ text }) => text))
  return documents.map(([document]) => document?.value)
}

async function objects(
  engine: Engine,
  texts: readonly string[],
  patches?: readonly EnginePatch[],
): Promise<object> {
  const outcome = await engine.readObjects({
    texts: texts.map((text, index) => ({ name: `text ${index}`, text })),
    finish: patches === undefined ? {} : { patches },
  })
  if (!outcome.ok) throw new Refused()
  return { objects: await toData(engine, outcome.value) }
}

async function collect(engine: Engine, one: OracleCase): Promise<object> {
  const texts = Object.entries(one.input.data ?? {})
    .sort(([left], [right]) => (left < right ? -1 : 1))
    .map(([, text]) => text)
  if (one.input.template !== true) return objects(engine, texts)
  return objects(
    engine,
    await Promise.all(texts.map((text) => executeOne(engine, 'profile', profileData(one), text))),
  )
}

interface Entry {
  readonly text: string
  readonly isTemplate: boolean
}

function dataOf({ kind, data = {}, stringData = {} }: Partial<StoredObject> = {}): Record<string, string> {
  if (kind !== 'Secret') return { ...data }
  const decoded = Object.entries(data).map(([key, text]) => [key, Buffer.from(text, 'base64').toString()])
  return { ...(Object.fromEntries(decoded) as Record<string, string>), ...stringData }
}

/** The data of referenced ConfigMaps and Secrets, in list order, keys sorted (sveltos.md 1.9). */
async function entriesFrom(
  engine: Engine,
  one: OracleCase,
  references: readonly ObjectReference[],
): Promise<(Entry & { readonly key: string })[]> {
  const { name: ClusterName, namespace: ClusterNamespace = '' } = one.input.cluster.metadata
  const data = { Cluster: one.input.cluster, ClusterNamespace, ClusterName }
  const entries: (Entry & { key: string })[] = []
  for (const { kind, namespace = '', name, optional } of references) {
    if (kind !== 'ConfigMap' && kind !== 'Secret') continue
    const wantedName = await executeOne(engine, 'reference', data, name)
    const wantedNamespace =
      namespace === '' ? ClusterNamespace : await executeOne(engine, 'reference', data, namespace)
    const found = (one.input.objects ?? []).find(
      (object) =>
        object.kind === kind &&
        object.metadata.name === wantedName &&
        (object.metadata.namespace ?? '') === wantedNamespace,
    )
    if (!found && !optional) throw new Refused()
    if (found?.kind === 'Secret' && found.type !== 'addons.projectsveltos.io/cluster-profile')
      throw new Refused()
    const isTemplate = 'projectsveltos.io/template' in (found?.metadata.annotations ?? {})
    for (const [key, text] of Object.entries(dataOf(found)).sort(([a], [b]) => (a < b ? -1 : 1))) {
      entries.push({ key, isTemplate, text })
    }
  }
  return entries
}

async function values(engine: Engine, one: OracleCase): Promise<object> {
  const { values: written = '', valuesFrom = [] } = one.input.chart ?? {}
  const inline = await executeOne(engine, 'profile', profileData(one), written)
  const entries = await entriesFrom(engine, one, valuesFrom)
  const fixed = entries.filter(({ isTemplate }) => !isTemplate).map(({ text }) => text)
  const templated = entries.filter(({ isTemplate }) => isTemplate)
  const executed = await Promise.all(
    templated.map(({ text }) => executeOne(engine, 'profile', profileData(one), text)),
  )
  const documents = [inline, ...fixed, ...executed].map((text, index) => ({ name: `values ${index}`, text }))
  const outcome = await engine.mergeValues(documents)
  if (!outcome.ok) throw new Refused()
  return { values: JSON.parse(outcome.value) as unknown }
}

/**
 * Every text of the entry by itself, where Sveltos executes the YAML of a whole field. Blanks around a result belong to the
 * values only: YAML has none around a plain text.
 */
async function chartFields(engine: Engine, one: OracleCase): Promise<object> {
  const instantiate = async (value: unknown): Promise<unknown> => {
    if (typeof value === 'string') {
      const result = await executeOne(engine, 'profile', profileData(one), value)
      return value === one.input.chart?.values ? result : result.trim()
    }
    if (Array.isArray(value)) return Promise.all(value.map(instantiate))
    if (typeof value !== 'object' || value === null) return value
    const fields = await Promise.all(
      Object.entries(value).map(async ([key, child]) => [key, await instantiate(child)] as const),
    )
    return Object.fromEntries(fields)
  }
  return { chart: await instantiate(one.input.chart) }
}

/** Values from templates lose to fixed ones, later references win (sveltos.md 1.10). */
async function kustomizeValues(engine: Engine, one: OracleCase): Promise<object> {
  const { values: written = {}, valuesFrom = [] } = one.input.ref ?? {}
  const data = profileData(one)
  const found = await entriesFrom(engine, one, valuesFrom)
  const merged: Record<string, string> = {}
  for (const [key, text] of Object.entries(written))
    merged[key] = await executeOne(engine, 'profile', data, text)
  for (const { key, text, isTemplate } of found) {
    if (isTemplate) merged[key] = await executeOne(engine, 'profile', data, text)
  }
  for (const { key, text, isTemplate } of found) if (!isTemplate) merged[key] = text
  if (!one.input.resource) return { values: merged }
  if (Object.keys(merged).length === 0) return { values: merged, resource: { result: one.input.resource } }
  const [resource] = await execute(engine, 'plain', merged, [one.input.resource])
  return { values: merged, resource: resource?.ok ? { result: resource.value } : failure }
}

async function patched(engine: Engine, one: OracleCase): Promise<object> {
  const { input } = one
  const patches = (input.patches ?? []) as readonly EnginePatch[]
  if (one.op === 'patch-helm') {
    const outcome = await engine.readObjects({
      texts: [{ name: 'manifest', text: input.manifest ?? '' }],
      finish: { patches, patchMode: 'combined' },
    })
    if (!outcome.ok) throw new Refused()
    return { manifest: await toData(engine, outcome.value) }
  }
  const texts = (input.resources ?? []).map((resource) => JSON.stringify(resource))
  if (one.op === 'patch-raw') return objects(engine, texts, patches)
  return objects(engine, texts, await profilePatches(engine, one, patches))
}

/** The patches of a profile are always templates, those of references when annotated, and come first then (1.11). */
async function profilePatches(
  engine: Engine,
  one: OracleCase,
  written: readonly EnginePatch[],
): Promise<readonly EnginePatch[]> {
  const data = profileData(one)
  const own = await Promise.all(
    written.map(async ({ patch, ...rest }) => ({
      ...rest,
      patch: await executeOne(engine, 'profile', data, patch),
    })),
  )
  const found = await entriesFrom(engine, one, one.input.patchesFrom ?? [])
  const templated = found.filter(({ isTemplate }) => isTemplate)
  const executed = await Promise.all(templated.map(({ text }) => executeOne(engine, 'profile', data, text)))
  const fixed = found.filter(({ isTemplate }) => !isTemplate).map(({ text }) => text)
  const documents = await engine.parseYaml([...executed, ...fixed])
  return [...own, ...documents.map(([document]) => document?.value as unknown as EnginePatch)]
}
