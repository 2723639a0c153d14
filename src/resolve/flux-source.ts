import type { Json } from '../engine/types.ts'
import type { SourceKind } from '../intent/types.ts'
import type { FoundObject } from './management-objects.ts'
import { shortHash } from './unit-name.ts'
import type { SourceOrigin, SourceReference } from './types.ts'

type Fields = Readonly<Record<string, Json | undefined>>

/** What a Flux source object asks to be fetched, or what its spec lacks. */
export function fluxSource(
  kind: Exclude<SourceKind, 'ConfigMap' | 'Secret'>,
  object: FoundObject,
): SourceReference | string {
  const spec = (object.value['spec'] ?? {}) as Fields
  const metadata = object.value['metadata'] as Fields
  const namespace = text(metadata['namespace']) ?? 'default'
  const secret = text((spec['secretRef'] as Fields | undefined)?.['name'])
  const common = {
    ...(secret !== undefined && { credentials: { namespace, name: secret } }),
    ...(spec['insecure'] === true && { plainHTTP: true }),
    ...(object.document && { origin: { document: object.document, path: ['spec'] } satisfies SourceOrigin }),
  }
  const ignore = text(spec['ignore'])
  const suffix = ignore === undefined ? '' : `!${shortHash(ignore)}`
  switch (kind) {
    case 'GitRepository':
      return gitRepository(spec, { ...common, ...(ignore !== undefined && { ignore }) }, suffix)
    case 'OCIRepository':
      return ociRepository(spec, { ...common, ...(ignore !== undefined && { ignore }) }, suffix)
    case 'Bucket':
      return bucket(spec, { ...common, ...(ignore !== undefined && { ignore }) }, suffix)
  }
}

type Common = { readonly ignore?: string; readonly origin?: SourceOrigin }

function gitRepository(spec: Fields, common: Common, suffix: string): SourceReference | string {
  const url = text(spec['url'])
  if (url === undefined) return 'spec.url is missing'
  const written = pick(spec['ref'], ['branch', 'tag', 'semver', 'commit', 'name'])
  // Flux takes `master` when nothing is said.
  const ref = Object.keys(written).length > 0 ? written : { branch: 'master' }
  return { ...common, key: `git:${url}@${describe(ref)}${suffix}`, type: 'git', url, ref }
}

function ociRepository(spec: Fields, common: Common, suffix: string): SourceReference | string {
  const url = text(spec['url'])
  if (url === undefined) return 'spec.url is missing'
  const written = pick(spec['ref'], ['tag', 'semver', 'digest'])
  const ref = Object.keys(written).length > 0 ? written : { tag: 'latest' }
  const selector = pick(spec['layerSelector'], ['mediaType', 'operation'])
  const layer = Object.keys(selector).length > 0 ? { layer: selector } : {}
  const layerSuffix = 'layer' in layer ? `#${describe(selector)}` : ''
  return { ...common, ...layer, key: `${url}@${describe(ref)}${layerSuffix}${suffix}`, type: 'oci', url, ref }
}

function bucket(spec: Fields, common: Common, suffix: string): SourceReference | string {
  const endpoint = text(spec['endpoint'])
  const name = text(spec['bucketName'])
  if (endpoint === undefined || name === undefined)
    return `spec.${endpoint === undefined ? 'endpoint' : 'bucketName'} is missing`
  const optional = pick(spec, ['prefix', 'region'])
  const key = `bucket:${endpoint}/${name}/${optional['prefix'] ?? ''}${suffix}`
  return { ...common, ...optional, key, type: 'bucket', endpoint, bucket: name }
}

function text(value: Json | undefined): string | undefined {
  return typeof value === 'string' && value !== '' ? value : undefined
}

/** The named members that hold text. */
function pick(value: Json | Fields | undefined, names: readonly string[]): Record<string, string> {
  const fields = (value ?? {}) as Fields
  return Object.fromEntries(
    names.flatMap((name) => {
      const found = text(fields[name])
      return found === undefined ? [] : [[name, found]]
    }),
  )
}

function describe(parts: Readonly<Record<string, string>>): string {
  return Object.entries(parts)
    .map(([name, value]) => `${name}:${value}`)
    .join(',')
}
