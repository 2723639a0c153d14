import { assert } from '../diagnostics/errors.ts'
import type { BranchWriter } from './branch-writer-port.ts'
import type { CompletedCluster } from './complete-cluster.ts'
import type { ObjectPrinter } from './complete-delivery.ts'
import { bareNamespace, namespacesDigest, wantedNamespaces, type WantedNamespace } from './namespaces-unit.ts'
import { nameFiles } from './object-file-names.ts'
import { sha256, unitIndexPath } from './paths.ts'
import { tryParseUnitIndex } from './records.ts'
import type { Tree, TreeObject, UnitContent, UnitSettings } from './types.ts'
import { keepUnit, namespacesUnits, writeUnit, type Completion } from './write-unit.ts'

interface Means extends Completion {
  readonly print: ObjectPrinter
  readonly readFiles: BranchWriter['readFiles']
}

interface Job {
  readonly cluster: string
  readonly completed: CompletedCluster
  readonly unit: (typeof namespacesUnits)[number]
  readonly wanted: readonly WantedNamespace[]
  readonly digest: string
}

/**
 * Adds the `namespaces` units to the clusters that are not held. A Namespace that a unit renders is written as that unit
 * renders it; where the unit itself is taken over from the branch, its index tells the text.
 */
export async function completeNamespaces(
  tree: Tree,
  clusters: ReadonlyMap<string, CompletedCluster>,
  means: Means,
): Promise<void> {
  const jobs = tree.clusters
    .filter(({ hold }) => hold === undefined)
    .flatMap(({ id }) => {
      const completed = clusters.get(id)
      return completed ? namespacesUnits.flatMap((unit) => planNamespaces(id, completed, unit, means)) : []
    })
  if (jobs.length === 0) return
  const [rendered, bare] = await Promise.all([renderedTexts(tree, jobs, means), bareTexts(jobs, means)])
  for (const { cluster, completed, unit, wanted, digest } of jobs) {
    const objects = namespaceObjects(wanted, (namespace) =>
      namespace.rendered ? rendered.get(namespace.rendered.blob) : bare.get(namespace.name),
    )
    const content = namespacesContent(digest, objects)
    const { record, index } = writeUnit(
      cluster,
      { name: unit.name, settings: settings(unit, digest), content },
      means,
    )
    const blobs = objects.map(({ name, text, digest: of }) => [name, means.namer.blob(text, of)] as const)
    completed.units.set(unit.name, { ...record, ownNamespaces: Object.fromEntries(blobs) })
    completed.indexes.set(unit.name, index)
  }
}

function planNamespaces(
  cluster: string,
  completed: CompletedCluster,
  unit: (typeof namespacesUnits)[number],
  { previous, slots }: Means,
): Job[] {
  const others = [...completed.units].filter(
    ([, { local, kind }]) => local === unit.local && kind !== 'namespaces',
  )
  const wanted = wantedNamespaces(others)
  if (wanted.length === 0) return []
  const digest = namespacesDigest(wanted)
  const before = previous.clusters.get(cluster)?.units[unit.name]
  if (before?.inputs !== digest || previous.untouched.get(cluster)?.has(unit.name) !== true) {
    return [{ cluster, completed, unit, wanted, digest }]
  }
  completed.units.set(unit.name, before)
  keepUnit(cluster, unit.name, before, slots)
  return []
}

/** Texts of rendered Namespaces by blob id: of this run, or from the indexes of units that are taken over. */
async function renderedTexts(tree: Tree, jobs: readonly Job[], { previous, namer, readFiles }: Means) {
  const texts = new Map(
    tree.clusters.flatMap(({ units }) =>
      units
        .flatMap((unit) => (unit.kind === 'files' ? unit.content.ownNamespaces : []))
        .map(({ text, digest }) => [namer.blob(text, digest), text] as const),
    ),
  )
  const missing = jobs.flatMap(({ cluster, wanted }) =>
    wanted.flatMap(({ rendered }) =>
      rendered && !texts.has(rendered.blob) ? [unitIndexPath(cluster, rendered.unit)] : [],
    ),
  )
  if (missing.length === 0) return texts
  for (const text of (await readFiles(previous.state, [...new Set(missing)])).values()) {
    for (const namespace of Object.values(tryParseUnitIndex(text)?.namespaces ?? {})) {
      texts.set(namer.blob(namespace), namespace)
    }
  }
  return texts
}

async function bareTexts(jobs: readonly Job[], { print }: Means): Promise<ReadonlyMap<string, string>> {
  const bare = jobs.flatMap(({ wanted }) => wanted.flatMap(({ name, rendered }) => (rendered ? [] : [name])))
  const names = [...new Set(bare)].sort()
  const texts = names.length === 0 ? [] : await print(names.map(bareNamespace))
  return new Map(names.map((name, position) => [name, texts[position] ?? '']))
}

function namespaceObjects(
  wanted: readonly WantedNamespace[],
  textOf: (namespace: WantedNamespace) => string | undefined,
): TreeObject[] {
  const identities = wanted.map(({ name }) => ({ apiVersion: 'v1', kind: 'Namespace', name }))
  const files = nameFiles(identities)
  return wanted.map((namespace, position) => {
    const text = textOf(namespace)
    assert(text, `the text of namespace ${namespace.name} is not known`)
    return {
      apiVersion: 'v1',
      kind: 'Namespace',
      name: namespace.name,
      file: files[position] ?? '',
      text,
      digest: sha256(text),
    }
  })
}

function namespacesContent(inputs: string, objects: readonly TreeObject[]): UnitContent {
  return {
    record: {
      inputs,
      objects: objects.map(({ apiVersion, kind, name }) => ({ apiVersion, kind, name })),
      lost: [],
      provides: [],
      scopedBy: [],
    },
    parts: [{ name: 'main', objects }],
    ownNamespaces: [],
    namespaces: [],
    groups: [],
    defines: [],
    secrets: [],
    isEncrypted: false,
    leftOut: [],
  }
}

function settings({ local }: { readonly local: boolean }, inputs: string): UnitSettings {
  return {
    kind: 'namespaces',
    profile: '',
    tier: 0,
    local,
    inputs,
    syncMode: 'Continuous',
    leave: true,
    createNamespaces: false,
    timeoutMs: 60_000,
    dependsOn: [],
  }
}
