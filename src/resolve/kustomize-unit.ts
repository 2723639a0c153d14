import type { Patch } from '../engine/types.ts'
import type { KustomizationRef } from '../intent/types.ts'
import { archiveIn, resolveSource } from './source-reference.ts'
import type { PlannedUnit, SourceReference } from './types.ts'
import { orUnresolved, unitBase } from './unit-base.ts'
import { unitName } from './unit-name.ts'
import { kustomizeValues } from './values.ts'
import { instantiateIn, Unresolvable, type Claimed, type World } from './world.ts'

type Path = readonly (string | number)[]

/** One kustomization of a profile on one cluster; undefined when its source is missing and optional. */
export async function kustomizeUnit(
  world: World,
  claimed: Claimed,
  written: KustomizationRef,
  context: { readonly index: number; readonly patches: readonly Patch[] },
): Promise<PlannedUnit | undefined> {
  const path = ['spec', 'kustomizationRefs', context.index]
  const reference = await rendered(world, claimed, written, path)
  const base = {
    name: unitName('kustomize', ...nameParts(reference)),
    ...unitBase(claimed, {
      path,
      deploymentType: reference.deploymentType,
      referenceTier: reference.tier,
      createNamespaces: !reference.skipNamespaceCreation,
      patches: context.patches,
      patchMode: 'resource',
      defaultNamespace: 'default',
      targetNamespace: reference.targetNamespace,
    }),
  }
  if (reference.optional && isMissing(world, claimed, reference, path)) return undefined
  return orUnresolved(base, async () => ({
    ...base,
    kind: 'kustomize',
    source: sourceOf(world, claimed, reference, path),
    path: reference.path,
    components: reference.components,
    values: await kustomizeValues(world, claimed, reference.values, {
      valuesFrom: reference.valuesFrom,
      path: [...path, 'valuesFrom'],
    }),
  }))
}

/** Names with the reference dialect, paths with the full context, as sveltos.md 2.5 orders them. */
async function rendered(
  world: World,
  claimed: Claimed,
  reference: KustomizationRef,
  path: Path,
): Promise<KustomizationRef> {
  const home = claimed.claim.profile.namespace ?? claimed.state.cluster.namespace
  const [namespace = '', name = ''] = await instantiateIn(world, claimed, 'reference', [
    { path: [...path, 'namespace'], text: reference.namespace },
    { path: [...path, 'name'], text: reference.name },
  ])
  const [folder = '', ...components] = await instantiateIn(world, claimed, 'profile', [
    { path: [...path, 'path'], text: reference.path },
    ...reference.components.map((text, index) => ({ path: [...path, 'components', index], text })),
  ])
  return { ...reference, namespace: namespace || home, name, path: trimmed(folder), components }
}

/** `./apps/base/` → `apps/base`. */
export function trimmed(folder: string): string {
  return folder
    .replace(/^(\.?\/)+/, '')
    .replace(/\/+$/, '')
    .replace(/^\.$/, '')
}

function nameParts({
  kind,
  remoteURL,
  namespace,
  name,
  path,
  targetNamespace,
}: KustomizationRef): readonly string[] {
  const source = kind !== undefined ? [namespace, name] : remoteURL ? [remoteURL.url] : []
  return [...source, path, targetNamespace]
}

function isMissing(world: World, claimed: Claimed, reference: KustomizationRef, path: Path): boolean {
  return reference.kind !== undefined && resolveSource(world, claimed, reference, path) === undefined
}

function sourceOf(world: World, claimed: Claimed, reference: KustomizationRef, path: Path): SourceReference {
  const resolved = resolveSource(world, claimed, reference, path)
  if (resolved?.type === 'fetched') return resolved.source
  if (resolved?.type === 'content') return archiveIn(world, claimed, resolved.content, path)
  if (reference.kind !== undefined)
    throw new Unresolvable(`${reference.kind} ${reference.name} does not exist`)
  const { path: folder, components } = reference
  return {
    key: `kustomization:${folder}${components.map((component) => `+${component}`).join('')}`,
    type: 'repository',
    path: folder,
    closure: 'kustomization',
    ...(components.length > 0 && { components }),
    origin: { document: claimed.claim.profile.document, path },
  }
}
