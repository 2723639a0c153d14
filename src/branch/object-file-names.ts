import { percentEncoded, sha256 } from './paths.ts'

interface Identity {
  readonly apiVersion: string
  readonly kind: string
  readonly namespace?: string
  readonly name: string
}

/** File names have 255 bytes at most, and paths are short on some systems. */
const longest = 150
const hashLength = 16

/**
 * File names of the objects of one folder, in order (decision 13): `<kind>.<group>-<namespace>-<name>.yaml`, without
 * the group for the core group and without the namespace for what has none. Names that would be the same for two
 * objects (`a-b` + `c`, `a` + `b-c`) carry a hash of the identity, both of them, so that no order decides.
 * @example nameFiles([{ apiVersion: 'v1', kind: 'ConfigMap', namespace: 'web', name: 'app' }]) // ['configmap-web-app.yaml']
 */
export function nameFiles(objects: readonly Identity[]): string[] {
  const plain = objects.map(plainName)
  const uses = new Map<string, number>()
  for (const name of plain) uses.set(name, (uses.get(name) ?? 0) + 1)
  return plain.map((name, position) => {
    const object = objects[position]
    const isAlone = uses.get(name) === 1
    if (object === undefined || (isAlone && name.length <= longest)) return `${name}.yaml`
    return `${name.slice(0, longest - hashLength - 1)}-${sha256(objectIdentity(object)).slice(0, hashLength)}.yaml`
  })
}

/** `<Kind>.<group>/<namespace>/<name>`: what makes two manifests the same object, whatever their version. */
export function objectIdentity({ apiVersion, kind, namespace, name }: Identity): string {
  const group = apiGroup(apiVersion)
  return `${group === '' ? kind : `${kind}.${group}`}/${namespace ?? ''}/${name}`
}

/** Empty for the core group. */
export function apiGroup(apiVersion: string): string {
  return apiVersion.includes('/') ? apiVersion.slice(0, apiVersion.indexOf('/')) : ''
}

function plainName({ apiVersion, kind, namespace, name }: Identity): string {
  const group = apiGroup(apiVersion)
  const type = group === '' ? kind.toLowerCase() : `${kind.toLowerCase()}.${group}`
  return [type, ...(namespace ? [namespace] : []), name].map(percentEncoded).join('-')
}
