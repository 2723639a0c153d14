import type { Patch } from '../engine/types.ts'
import type { PolicyRef } from '../intent/types.ts'
import { trimmed } from './kustomize-unit.ts'
import { resolveSource } from './source-reference.ts'
import type { PlannedUnit, PolicyContent } from './types.ts'
import { orUnresolved, unitBase } from './unit-base.ts'
import { unitName } from './unit-name.ts'
import { instantiateIn, Unresolvable, type Claimed, type World } from './world.ts'

/** One set of policies of a profile on one cluster; undefined when its source is missing and optional. */
export async function policyUnit(
  world: World,
  claimed: Claimed,
  written: PolicyRef,
  context: { readonly index: number; readonly patches: readonly Patch[] },
): Promise<PlannedUnit | undefined> {
  const path = ['spec', 'policyRefs', context.index]
  const reference = await rendered(world, claimed, written, path)
  const parts = reference.remoteURL
    ? [reference.remoteURL.url]
    : [reference.namespace, reference.name, reference.path]
  const name = unitName('policy', ...parts)
  const base = {
    name: reference.deploymentType === 'Local' ? `${name}-local` : name,
    ...unitBase(claimed, {
      path,
      deploymentType: reference.deploymentType,
      referenceTier: reference.tier,
      createNamespaces: !reference.skipNamespaceCreation,
      patches: context.patches,
      patchMode: 'resource',
      defaultNamespace: 'default',
    }),
  }
  let missing = false
  const unit = await orUnresolved(base, () => {
    const resolved = resolveSource(world, claimed, reference, path)
    missing = resolved === undefined
    if (!resolved) return Promise.reject(new Unresolvable('the source is missing'))
    const instantiate = resolved.type === 'content' ? resolved.content.instantiate : resolved.instantiate
    const content: PolicyContent =
      resolved.type === 'content'
        ? { type: 'texts', texts: resolved.content.texts }
        : { type: 'source', source: resolved.source, path: reference.path }
    const origin = resolved.type === 'content' ? resolved.content.document : undefined
    return Promise.resolve({
      ...base,
      kind: 'policy',
      content,
      instantiate,
      templateData: { template: claimed.profileData, lua: claimed.resources, none: '' }[instantiate],
      ...(origin && { origin }),
    })
  })
  return missing ? undefined : unit
}

async function rendered(
  world: World,
  claimed: Claimed,
  reference: PolicyRef,
  path: readonly (string | number)[],
): Promise<PolicyRef> {
  const home = claimed.claim.profile.namespace ?? claimed.state.cluster.namespace
  const [namespace = '', name = ''] = await instantiateIn(world, claimed, 'reference', [
    { path: [...path, 'namespace'], text: reference.namespace },
    { path: [...path, 'name'], text: reference.name },
  ])
  const [folder = ''] = await instantiateIn(world, claimed, 'profile', [
    { path: [...path, 'path'], text: reference.path },
  ])
  return { ...reference, namespace: namespace || home, name: name || home, path: trimmed(folder) }
}
