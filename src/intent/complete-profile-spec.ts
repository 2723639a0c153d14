import type { ObjectReference } from '../kubernetes/types.ts'
import type { DocumentPath } from '../source/types.ts'
import { completeHelmChart } from './complete-helm-chart.ts'
import { completeValidateHealth } from './complete-health.ts'
import { completeKustomizationRef, completePolicyRef, completeValueFrom } from './complete-source-ref.ts'
import { badValue, deprecatedField, repeatedEntry, shareMeant } from './diagnostics.ts'
import type { WrittenObject } from './reading.ts'
import type { DriftExclusion, PatchTarget, ProfileSpec, TemplateResourceRef, WrittenPatch } from './types.ts'
import type { WrittenAddOnSpec, WrittenProfileSpec } from './written/profile-spec.ts'
import type { WrittenObjectReference, WrittenTemplateResourceRef } from './written/reference.ts'

/** The part of a profile's spec that says what is deployed and how; triggers and promotions have the same. */
export function completeAddOns(
  object: WrittenObject<unknown>,
  path: DocumentPath,
  written: WrittenAddOnSpec,
): Omit<ProfileSpec, 'clusterSelector' | 'clusterRefs' | 'setRefs'> {
  checkMaxUpdate(object, [...path, 'maxUpdate'], written.maxUpdate)
  checkIdentifiers(object, [...path, 'templateResourceRefs'], written.templateResourceRefs ?? [])
  const { maxUpdate, maxConsecutiveFailures } = written
  const helmCharts = (written.helmCharts ?? []).map((chart, index) =>
    completeHelmChart(object, [...path, 'helmCharts', index], chart),
  )
  checkReleases(object, [...path, 'helmCharts'], helmCharts)
  return {
    syncMode: written.syncMode ?? 'Continuous',
    tier: written.tier ?? 100,
    continueOnConflict: written.continueOnConflict ?? false,
    continueOnError: written.continueOnError ?? false,
    ...(maxUpdate === undefined ? {} : { maxUpdate }),
    stopMatchingBehavior: written.stopMatchingBehavior ?? 'WithdrawPolicies',
    reloader: written.reloader ?? false,
    templateResourceRefs: (written.templateResourceRefs ?? []).map(completeTemplateResourceRef),
    dependsOn: written.dependsOn ?? [],
    policyRefs: (written.policyRefs ?? []).map((ref, index) =>
      completePolicyRef(object, [...path, 'policyRefs', index], ref),
    ),
    helmCharts,
    kustomizationRefs: (written.kustomizationRefs ?? []).map((ref, index) =>
      completeKustomizationRef(object, [...path, 'kustomizationRefs', index], ref),
    ),
    preDeployChecks: (written.preDeployChecks ?? []).map(completeValidateHealth),
    validateHealths: (written.validateHealths ?? []).map(completeValidateHealth),
    preDeleteChecks: (written.preDeleteChecks ?? []).map(completeValidateHealth),
    postDeleteChecks: (written.postDeleteChecks ?? []).map(completeValidateHealth),
    patches: (written.patches ?? []).map(completePatch),
    patchesFrom: (written.patchesFrom ?? []).map(completeValueFrom),
    driftExclusions: (written.driftExclusions ?? []).map(completeDriftExclusion),
    ...(maxConsecutiveFailures === undefined ? {} : { maxConsecutiveFailures }),
    extraLabels: written.extraLabels ?? {},
    extraAnnotations: written.extraAnnotations ?? {},
  }
}

/** Names of sets; references to them (before v0.27) give a note. */
export function completeSetRefs(object: WrittenObject<WrittenProfileSpec>): string[] {
  const { document, report, spec } = object
  return (spec.setRefs ?? []).flatMap((written, index) => {
    if (typeof written === 'string') return [written]
    report(
      deprecatedField(
        document,
        ['spec', 'setRefs', index],
        `write the name alone: \`- ${written.name ?? ''}\``,
      ),
    )
    return written.name === undefined ? [] : [written.name]
  })
}

/** Every field that identifies a cluster must be there: a reference without one would match by chance or never. */
export function completeClusterRefs(
  object: WrittenObject<unknown>,
  path: DocumentPath,
  written: readonly WrittenObjectReference[] | undefined,
): ObjectReference[] {
  return (written ?? []).map((reference, index) => {
    const isCluster =
      reference.name !== undefined &&
      ((reference.kind === 'Cluster' && reference.apiVersion?.startsWith('cluster.x-k8s.io/') === true) ||
        (reference.kind === 'SveltosCluster' &&
          reference.apiVersion?.startsWith('lib.projectsveltos.io/') === true))
    if (!isCluster) {
      const hint =
        'write apiVersion, kind, namespace and name of a `Cluster` (cluster.x-k8s.io/…) or `SveltosCluster` (lib.projectsveltos.io/…)'
      object.report(badValue(object.document, [...path, index], 'does not refer to a cluster', hint))
    }
    return completeObjectReference(reference)
  })
}

export function completeObjectReference(written: WrittenObjectReference): ObjectReference {
  const { apiVersion = '', kind = '', namespace = '', name = '' } = written
  return { apiVersion, kind, namespace, name }
}

function completeTemplateResourceRef(written: WrittenTemplateResourceRef): TemplateResourceRef {
  const { resource, identifier, optional = false, ignoreStatusChanges = false, watchFields = [] } = written
  return {
    resource: completeObjectReference(resource),
    identifier,
    optional,
    ignoreStatusChanges,
    watchFields,
  }
}

function completePatch({ patch, target }: NonNullable<WrittenAddOnSpec['patches']>[number]): WrittenPatch {
  return target === undefined ? { patch } : { patch, target: definedOnly(target) }
}

function completeDriftExclusion({
  paths,
  target,
}: NonNullable<WrittenAddOnSpec['driftExclusions']>[number]): DriftExclusion {
  return target === undefined ? { paths } : { paths, target: definedOnly(target) }
}

function definedOnly(target: { readonly [Key in keyof PatchTarget]?: string | undefined }): PatchTarget {
  return Object.fromEntries(Object.entries(target).filter(([, value]) => value !== undefined))
}

/** Sveltos reads any text as a share, with or without its sign (sveltos.md 1.5). */
function checkMaxUpdate(
  { document, report }: WrittenObject<unknown>,
  path: DocumentPath,
  written: number | string | undefined,
): void {
  if (typeof written === 'string' && !written.endsWith('%')) report(shareMeant(document, path, written))
}

function checkIdentifiers(
  { document, report }: WrittenObject<unknown>,
  path: DocumentPath,
  refs: readonly { readonly identifier: string }[],
): void {
  refs.forEach(({ identifier }, index) => {
    const first = refs.findIndex((ref) => ref.identifier === identifier)
    if (first === index) return
    const at = (position: number) => [...path, position, 'identifier']
    report(repeatedEntry(document, at(index), at(first), `the identifier \`${identifier}\``))
  })
}

/** One release is installed once; an Uninstall beside an Install of the same name would fight it. Templates are unknown here. */
function checkReleases(
  { document, report }: WrittenObject<unknown>,
  path: DocumentPath,
  charts: readonly { readonly releaseName: string; readonly releaseNamespace: string }[],
): void {
  const keys = charts.map(({ releaseName, releaseNamespace }) => `${releaseNamespace}/${releaseName}`)
  keys.forEach((key, index) => {
    const first = keys.indexOf(key)
    if (first === index) return
    const at = (position: number) => [...path, position, 'releaseName']
    report(repeatedEntry(document, at(index), at(first), `the release \`${key}\``))
  })
}
