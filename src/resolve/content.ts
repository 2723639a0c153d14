import { Buffer } from 'node:buffer'
import type { ValueFrom } from '../intent/types.ts'
import type { SourceDocument } from '../source/types.ts'
import { referenceNotFound, unsupportedSecretType } from './diagnostics.ts'
import { instantiateIn, notObserved, placeOf, Unresolvable, type Claimed, type World } from './world.ts'

/** A ConfigMap or Secret that holds content: manifests, values, patches. */
export interface ContentSource {
  readonly kind: 'ConfigMap' | 'Secret'
  readonly namespace: string
  readonly name: string
  /** Data values by key, keys sorted; any order is legal, this one is repeatable. */
  readonly texts: readonly { readonly name: string; readonly text: string }[]
  readonly binary: Readonly<Record<string, string>>
  /** Annotation `projectsveltos.io/template` or `/lua`; template wins (sveltos.md 1.8). */
  readonly instantiate: 'template' | 'lua' | 'none'
  readonly annotations: Readonly<Record<string, string>>
  readonly document?: SourceDocument
}

/** The only type of Secret that content is read from (sveltos.md 1.8). */
export const contentSecretType = 'addons.projectsveltos.io/cluster-profile'

/** Finds a ConfigMap or Secret; undefined when it is missing and optional. */
export function findContent(
  world: World,
  claimed: Claimed,
  reference: Omit<ValueFrom, 'kind'> & { readonly kind: string },
  path: readonly (string | number)[],
): ContentSource | undefined {
  const kind = reference.kind as 'ConfigMap' | 'Secret'
  const { namespace, name } = reference
  const found = world.objects.find({ apiVersion: 'v1', kind, namespace, name }, claimed.claim.profile.id)
  if (found === 'not-observed') notObserved(world, claimed, path, reference)
  if (!found) {
    if (reference.optional) return undefined
    world.report(referenceNotFound(placeOf(claimed, path), reference))
    throw new Unresolvable(`${kind} ${namespace}/${name} does not exist`)
  }
  const object = found.value as {
    type?: string
    data?: Record<string, string>
    stringData?: Record<string, string>
    binaryData?: Record<string, string>
    metadata?: { annotations?: Record<string, string> }
  }
  if (kind === 'Secret' && object.type !== contentSecretType) {
    world.report(unsupportedSecretType(placeOf(claimed, path), { namespace, name }, object.type ?? ''))
    throw new Unresolvable(`Secret ${namespace}/${name} has the wrong type`)
  }
  const data = kind === 'Secret' ? decoded(object.data, object.stringData) : (object.data ?? {})
  const annotations = object.metadata?.annotations ?? {}
  return {
    kind,
    namespace,
    name,
    texts: Object.keys(data)
      .sort()
      .map((key) => ({ name: key, text: data[key] ?? '' })),
    binary: (kind === 'Secret' ? object.data : object.binaryData) ?? {},
    instantiate: howToInstantiate(annotations),
    annotations,
    ...(found.document && { document: found.document }),
  }
}

export function howToInstantiate(
  annotations: Readonly<Record<string, string>>,
): ContentSource['instantiate'] {
  if ('projectsveltos.io/template' in annotations) return 'template'
  return 'projectsveltos.io/lua' in annotations ? 'lua' : 'none'
}

function decoded(
  data: Record<string, string> = {},
  stringData: Record<string, string> = {},
): Record<string, string> {
  const texts = Object.entries(data).map(
    ([key, value]) => [key, Buffer.from(value, 'base64').toString('utf8')] as const,
  )
  return { ...Object.fromEntries(texts), ...stringData }
}

/** Sources of a `…From` list, in list order; names and namespaces rendered, missing optional ones left out. */
export async function findContents(
  world: World,
  claimed: Claimed,
  references: readonly ValueFrom[],
  path: readonly (string | number)[],
): Promise<readonly ContentSource[]> {
  const names = await instantiateIn(
    world,
    claimed,
    'reference',
    references.flatMap((reference, index) => [
      { path: [...path, index, 'namespace'], text: reference.namespace },
      { path: [...path, index, 'name'], text: reference.name },
    ]),
  )
  const home = claimed.state.cluster.namespace
  return references.flatMap((reference, index) => {
    const named = { ...reference, namespace: names[index * 2] || home, name: names[index * 2 + 1] || home }
    const source = findContent(world, claimed, named, [...path, index])
    return source ? [source] : []
  })
}
