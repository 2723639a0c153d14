import type { Manifest } from '../render/types.ts'
import { apiGroup, nameFiles, objectIdentity } from './object-file-names.ts'
import { secretValues } from './secret-values.ts'
import type { ContentFacts, TreeObject, TreePart, UnitContent } from './types.ts'

export interface LaidOutUnit {
  readonly content: Omit<UnitContent, 'record'>
  /** Objects that the unit renders more than once, sorted. */
  readonly duplicates: readonly string[]
}

/**
 * Splits the manifests of one unit into the folders that delivery applies one after another:
 * - `crds`: never pruned, because deleting a CustomResourceDefinition deletes every object of its kind, also those that
 *   people made; Helm leaves them as well. Apart from the rest, they also come first for every other unit.
 * - `pre-N` and `post-N`: Helm hooks (decision 15), by weight.
 * - `main`: everything else, but for Namespaces: these go to the cluster's `namespaces` unit, where several units may
 *   render the same one and none deletes it for the others.
 */
export function layOutUnit(manifests: readonly Manifest[]): LaidOutUnit {
  const { before, after, leftOut } = splitHooks(manifests)
  const plain = manifests.filter((manifest) => !isHook(manifest))
  const rest = plain.filter((manifest) => !isDefinition(manifest) && !isNamespace(manifest))
  const parts = [
    ...toParts('crds', [plain.filter(isDefinition)], () => 'crds'),
    ...toParts('pre', before, numbered),
    ...toParts('main', [rest], () => 'main'),
    ...toParts('post', after, numbered),
  ]
  const written = [...before.flat(), ...plain, ...after.flat()]
  const ownNamespaces = toObjects(plain.filter(isNamespace))
  return {
    content: { parts, ownNamespaces, ...contentFacts(written), leftOut },
    duplicates: duplicates(written),
  }
}

function toParts(
  stage: string,
  groups: readonly (readonly Manifest[])[],
  name: (stage: string, position: number) => string,
): TreePart[] {
  return groups
    .filter((group) => group.length > 0)
    .map((group, position) => ({ name: name(stage, position), objects: toObjects(group) }))
}

function numbered(stage: string, position: number): string {
  return `${stage}-${position + 1}`
}

function toObjects(manifests: readonly Manifest[]): TreeObject[] {
  const files = nameFiles(manifests)
  return manifests.map((manifest, position) => ({ ...manifest, file: files[position] ?? '' }))
}

function contentFacts(manifests: readonly Manifest[]): Omit<ContentFacts, 'leftOut'> {
  const secrets = manifests
    .filter(({ apiVersion, kind }) => apiVersion === 'v1' && kind === 'Secret')
    .map((secret) => ({ id: `${secret.namespace ?? ''}/${secret.name}`, values: secretValues(secret.text) }))
  return {
    namespaces: sortedSet(manifests.flatMap(({ namespace }) => namespace ?? [])),
    groups: sortedSet(
      manifests.map(({ apiVersion }) => apiGroup(apiVersion)).filter((group) => group !== ''),
    ),
    // The API server demands that a definition is called `<plural>.<group>`.
    defines: sortedSet(manifests.filter(isDefinition).map(({ name }) => name.slice(name.indexOf('.') + 1))),
    secrets: sortedSet(secrets.filter(({ values }) => values === 'plain').map(({ id }) => id)),
    isEncrypted: secrets.some(({ values }) => values === 'encrypted'),
  }
}

/** Kinds that run to an end, which the next hook by weight has to wait for. */
const runsToAnEnd = new Set(['Job', 'Pod'])

/** Hooks by weight; weights share a group until something runs to an end, so that groups stay few. */
function splitHooks(manifests: readonly Manifest[]) {
  const hooks = manifests.filter(isHook)
  const stage = (prefix: string) => (manifest: Manifest) =>
    manifest.hook?.events.some((event) => event === `${prefix}-install` || event === `${prefix}-upgrade`) ===
    true
  const before = hooks.filter(stage('pre'))
  const after = hooks.filter((manifest) => stage('post')(manifest) && !before.includes(manifest))
  const leftOut = hooks
    .filter((manifest) => !before.includes(manifest) && !after.includes(manifest))
    .map((manifest) => `${objectIdentity(manifest)} (${manifest.hook?.events.join(', ') ?? ''})`)
  return { before: groupByWeight(before), after: groupByWeight(after), leftOut }
}

function groupByWeight(hooks: readonly Manifest[]): Manifest[][] {
  const groups: Manifest[][] = []
  let ended = true
  let weight: number | undefined
  for (const hook of hooks.toSorted((a, b) => (a.hook?.weight ?? 0) - (b.hook?.weight ?? 0))) {
    if (ended && hook.hook?.weight !== weight) {
      groups.push([])
      ended = false
    }
    weight = hook.hook?.weight
    groups.at(-1)?.push(hook)
    ended ||= runsToAnEnd.has(hook.kind)
  }
  return groups
}

function isHook({ hook }: Manifest): boolean {
  // `crd-install` is Helm 2's word for what `crds/` does now.
  return hook !== undefined && !hook.events.includes('crd-install')
}

function isDefinition({ apiVersion, kind }: Manifest): boolean {
  return kind === 'CustomResourceDefinition' && apiGroup(apiVersion) === 'apiextensions.k8s.io'
}

function isNamespace({ apiVersion, kind }: Manifest): boolean {
  return kind === 'Namespace' && apiVersion === 'v1'
}

function duplicates(manifests: readonly Manifest[]): string[] {
  const seen = new Set<string>()
  const twice = manifests.map(objectIdentity).filter((identity) => seen.size === seen.add(identity).size)
  return sortedSet(twice)
}

export function sortedSet(texts: readonly string[]): string[] {
  return [...new Set(texts)].sort()
}
