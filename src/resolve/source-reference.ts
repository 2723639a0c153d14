import type { KustomizationRef, PolicyRef, SourceKind } from '../intent/types.ts'
import { findContent, howToInstantiate, type ContentSource } from './content.ts'
import { badSource, referenceNotFound } from './diagnostics.ts'
import { fluxSource } from './flux-source.ts'
import { shortHash } from './unit-name.ts'
import type { SourceReference } from './types.ts'
import { notObserved, placeOf, Unresolvable, type Claimed, type World } from './world.ts'

type Path = readonly (string | number)[]

/** What a policyRef or kustomizationRef resolves to. */
export type ResolvedSource =
  | { readonly type: 'content'; readonly content: ContentSource }
  | {
      readonly type: 'fetched'
      readonly source: SourceReference
      readonly instantiate: ContentSource['instantiate']
    }

/**
 * Resolves a reference whose name and namespace are rendered already; undefined when it is missing and optional.
 * A missing Flux object is an error here, where Sveltos would deploy nothing without a word.
 */
export function resolveSource(
  world: World,
  claimed: Claimed,
  reference: PolicyRef | KustomizationRef,
  path: Path,
): ResolvedSource | undefined {
  const { kind, namespace, name, remoteURL } = reference
  if (remoteURL) {
    const { url, secretRef, template, insecureSkipTLSVerify, plainHTTP } = remoteURL
    const source: SourceReference = {
      key: `remote:${url}`,
      type: 'remote',
      url,
      ...(secretRef && { credentials: secretRef }),
      ...(insecureSkipTLSVerify && { insecureSkipTLSVerify }),
      ...(plainHTTP && { plainHTTP }),
      origin: { document: claimed.claim.profile.document, path },
    }
    return { type: 'fetched', source, instantiate: template ? 'template' : 'none' }
  }
  if (kind === undefined || kind === 'ConfigMap' || kind === 'Secret') {
    if (kind === undefined) return undefined
    const content = findContent(world, claimed, { ...reference, kind }, path)
    return content && { type: 'content', content }
  }
  return fromFlux(world, claimed, { kind, namespace, name, optional: reference.optional }, path)
}

function fromFlux(
  world: World,
  claimed: Claimed,
  reference: {
    readonly kind: FluxKind
    readonly namespace: string
    readonly name: string
    readonly optional: boolean
  },
  path: Path,
): ResolvedSource | undefined {
  const { kind, namespace, name } = reference
  const found = world.objects.find({ apiVersion: '', kind, namespace, name }, claimed.claim.profile.id)
  if (found === 'not-observed') notObserved(world, claimed, path, reference)
  if (!found) {
    if (reference.optional) return undefined
    world.report(referenceNotFound(placeOf(claimed, path), reference))
    throw new Unresolvable(`${kind} ${namespace}/${name} does not exist`)
  }
  const source = fluxSource(kind, found)
  if (typeof source === 'string') {
    world.report(badSource(placeOf(claimed, path), `${kind} ${namespace}/${name}`, source))
    throw new Unresolvable(`${kind} ${namespace}/${name} cannot be used`)
  }
  const metadata = found.value['metadata'] as { annotations?: Record<string, string> }
  return { type: 'fetched', source, instantiate: howToInstantiate(metadata.annotations ?? {}) }
}

export type FluxKind = Exclude<SourceKind, 'ConfigMap' | 'Secret'>

/** `gitrepository://<namespace>/<name>/<path>` and the like: a chart inside a Flux source (sveltos.md 1.1). */
export function chartInFluxSource(
  world: World,
  claimed: Claimed,
  repositoryURL: string,
  path: Path,
): { readonly source: SourceReference; readonly path: string } | undefined {
  const [, scheme, namespace, name, folder] =
    /^([a-z]+):\/\/([^/]+)\/([^/]+)(?:\/(.*))?$/i.exec(repositoryURL) ?? []
  const kind = fluxKinds[(scheme ?? '').toLowerCase()]
  if (kind === undefined || namespace === undefined || name === undefined) return undefined
  const found = fromFlux(world, claimed, { kind, namespace, name, optional: false }, path)
  return found?.type === 'fetched'
    ? { source: found.source, path: (folder ?? '').replace(/\/+$/, '') }
    : undefined
}

const fluxKinds: Readonly<Record<string, FluxKind>> = {
  gitrepository: 'GitRepository',
  ocirepository: 'OCIRepository',
  bucket: 'Bucket',
}

/** The archive that a ConfigMap or Secret carries for Kustomize (sveltos.md 1.10). */
export function archiveIn(
  world: World,
  claimed: Claimed,
  content: ContentSource,
  path: Path,
): SourceReference {
  const base64 = content.binary['kustomize.tar.gz']
  if (base64 === undefined) {
    const what = `${content.kind} ${content.namespace}/${content.name}`
    world.report(badSource(placeOf(claimed, path), what, 'kustomize.tar.gz is missing'))
    throw new Unresolvable(`${what} holds no kustomize.tar.gz`)
  }
  return { key: `archive:${content.namespace}/${content.name}#${shortHash(base64)}`, type: 'archive', base64 }
}
