import { Buffer } from 'node:buffer'
import { isObjectValue } from '../kubernetes/object-value.ts'
import { appliedAnnotations, isSecret } from '../secrets/fingerprint.ts'
import type { LiveObject } from './live-clusters-port.ts'

/** What the API server keeps of an object for itself. */
const bookkeeping = new Set([
  ...['managedFields', 'resourceVersion', 'uid', 'generation', 'creationTimestamp', 'selfLink'],
  ...['deletionTimestamp', 'deletionGracePeriodSeconds'],
])

/**
 * An object without what nobody writes, so that only what somebody meant can differ: bookkeeping, annotations that repeat the
 * object, and its status, unless that is rendered too.
 */
export function withoutServerFields(object: LiveObject, { keepsStatus = false } = {}): LiveObject {
  const { status, metadata, ...rest } = object
  return {
    ...rest,
    ...(isObjectValue(metadata) && { metadata: cleanMetadata(metadata) }),
    ...(keepsStatus && status !== undefined && { status }),
  }
}

function cleanMetadata({ annotations, ...metadata }: LiveObject): LiveObject {
  const kept = entriesOf(annotations).filter(([name]) => !appliedAnnotations.has(name))
  return {
    ...Object.fromEntries(Object.entries(metadata).filter(([field]) => !bookkeeping.has(field))),
    ...(kept.length > 0 && { annotations: Object.fromEntries(kept) }),
  }
}

/**
 * A rendered object as a deliverer sends it: in a namespace where its kind has some, without what generators leave behind,
 * values of Secrets where they are stored.
 */
export function toApplied(
  rendered: LiveObject,
  { namespaced }: { readonly namespaced: boolean },
): LiveObject {
  const { metadata } = rendered
  const { creationTimestamp: _never, namespace, ...named } = isObjectValue(metadata) ? metadata : {}
  const place = typeof namespace === 'string' && namespace !== '' ? namespace : 'default'
  const object = { ...rendered, metadata: { ...named, ...(namespaced && { namespace: place }) } }
  return isSecret(object) ? withStoredValues(object) : object
}

/** The API server writes `stringData` into `data`, and never gives it back. */
function withStoredValues({ stringData, ...secret }: LiveObject): LiveObject {
  const written = entriesOf(stringData)
  if (written.length === 0) return secret
  const stored = written.map(([key, value]) => [key, Buffer.from(String(value)).toString('base64')] as const)
  return { ...secret, data: { ...toMap(secret['data']), ...Object.fromEntries(stored) } }
}

/** Marks by which deliverers find their objects again: labels and annotations that no branch holds. */
const fluxLabels = ['kustomize.toolkit.fluxcd.io/name', 'kustomize.toolkit.fluxcd.io/namespace']
const argocdAnnotations = ['argocd.argoproj.io/tracking-id', 'argocd.argoproj.io/installation-id']
const instanceLabel = 'app.kubernetes.io/instance'

/** What is applied with the marks that its deliverer adds, as far as the live object has them. */
export function withMarks(
  object: LiveObject,
  live: LiveObject,
  { application }: { readonly application?: string | undefined },
): LiveObject {
  const has = metadataOf(live)
  const isTracked = application !== undefined && toMap(has['labels'])[instanceLabel] === application
  const labels = picked(has['labels'], [...fluxLabels, ...(isTracked ? [instanceLabel] : [])])
  const annotations = picked(has['annotations'], argocdAnnotations)
  const metadata = metadataOf(object)
  return {
    ...object,
    metadata: {
      ...metadata,
      ...joined('labels', metadata['labels'], labels),
      ...joined('annotations', metadata['annotations'], annotations),
    },
  }
}

function joined(field: string, written: unknown, added: LiveObject): LiveObject {
  return Object.keys(added).length === 0 ? {} : { [field]: { ...toMap(written), ...added } }
}

function picked(from: unknown, names: readonly string[]): LiveObject {
  return Object.fromEntries(entriesOf(from).filter(([name]) => names.includes(name)))
}

export function metadataOf({ metadata }: LiveObject): LiveObject {
  return toMap(metadata)
}

export function toMap(value: unknown): LiveObject {
  return isObjectValue(value) ? value : {}
}

function entriesOf(value: unknown): [string, unknown][] {
  return Object.entries(toMap(value))
}
