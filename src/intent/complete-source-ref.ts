import type { DocumentPath } from '../source/types.ts'
import { sourceChoice } from './diagnostics.ts'
import { isWritten } from './header.ts'
import type { WrittenObject } from './reading.ts'
import type { KustomizationRef, PolicyRef, RemoteURL, ValueFrom } from './types.ts'
import type { WrittenSecretReference, WrittenValueFrom } from './written/reference.ts'
import type { WrittenKustomizationRef, WrittenPolicyRef } from './written/source-ref.ts'

const defaultTier = 100

export function completeValueFrom({
  kind,
  name,
  namespace = '',
  optional = false,
}: WrittenValueFrom): ValueFrom {
  return { kind, namespace, name, optional }
}

export function completeSecretReference({ namespace = '', name = '' }: WrittenSecretReference): {
  readonly namespace: string
  readonly name: string
} {
  return { namespace, name }
}

/** Exactly one of kind and remoteURL (the CRD's rule `has(self.remoteURL) != has(self.kind)`). */
export function completePolicyRef(
  object: WrittenObject<unknown>,
  path: DocumentPath,
  written: WrittenPolicyRef,
): PolicyRef {
  checkChoice(object, path)
  const { kind, namespace = '', name = '', path: folder = '', deploymentType = 'Remote', remoteURL } = written
  return {
    ...(kind === undefined ? {} : { kind }),
    namespace,
    name,
    path: folder,
    deploymentType,
    optional: written.optional ?? false,
    tier: written.tier ?? defaultTier,
    skipNamespaceCreation: written.skipNamespaceCreation ?? false,
    force: written.force ?? false,
    ...(remoteURL === undefined ? {} : { remoteURL: completeRemoteURL(remoteURL) }),
  }
}

/** As a policyRef; but `path` alone is a folder of this repository (an addition of fleetwright's). */
export function completeKustomizationRef(
  object: WrittenObject<unknown>,
  path: DocumentPath,
  written: WrittenKustomizationRef,
): KustomizationRef {
  const { kind, remoteURL, path: folder } = written
  if (kind !== undefined || remoteURL !== undefined || folder === undefined) checkChoice(object, path)
  return {
    ...(kind === undefined ? {} : { kind }),
    namespace: written.namespace ?? '',
    name: written.name ?? '',
    path: folder ?? '',
    deploymentType: written.deploymentType ?? 'Remote',
    optional: written.optional ?? false,
    tier: written.tier ?? defaultTier,
    skipNamespaceCreation: written.skipNamespaceCreation ?? false,
    force: written.force ?? false,
    ...(remoteURL === undefined ? {} : { remoteURL: completeRemoteURL(remoteURL) }),
    components: written.components ?? [],
    targetNamespace: written.targetNamespace ?? '',
    values: written.values ?? {},
    valuesFrom: (written.valuesFrom ?? []).map(completeValueFrom),
  }
}

function checkChoice({ document, report }: WrittenObject<unknown>, path: DocumentPath): void {
  const hasKind = isWritten(document, [...path, 'kind'])
  const hasURL = isWritten(document, [...path, 'remoteURL'])
  if (hasKind === hasURL) report(sourceChoice(document, path, hasKind ? 'both' : 'neither'))
}

function completeRemoteURL(written: NonNullable<WrittenPolicyRef['remoteURL']>): RemoteURL {
  const { url, secretRef, template = false, insecureSkipTLSVerify = false, plainHTTP = false } = written
  return {
    url,
    ...(secretRef === undefined ? {} : { secretRef: completeSecretReference(secretRef) }),
    template,
    insecureSkipTLSVerify,
    plainHTTP,
  }
}
