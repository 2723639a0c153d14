import { Buffer } from 'node:buffer'
import { ClusterError } from '../diagnostics/cluster-error.ts'
import { compareText } from '../kubernetes/text-order.ts'
import type { ClusterAddress, ClusterReader } from './cluster-reader-port.ts'
import type { SecretAddress } from './observe-request.ts'

/**
 * Reads the kubeconfig of a cluster out of its Secret in the management cluster. Throws ClusterError. The text is in no
 * message: it is what opens the cluster.
 */
export async function readKubeconfig(
  management: ClusterReader,
  address: SecretAddress,
  signal: AbortSignal,
): Promise<ClusterAddress> {
  const { namespace, name } = address
  const origin = `Secret ${namespace}/${name}`
  const secret = await findSecret(management, address, signal)
  if (secret === undefined) throw unusable(origin, 'does not exist')
  const data = (secret['data'] ?? {}) as Readonly<Record<string, unknown>>
  // Sveltos takes the first key where none is named.
  const key = address.key === '' ? (Object.keys(data).sort(compareText)[0] ?? '') : address.key
  const value = Object.hasOwn(data, key) ? data[key] : undefined
  if (typeof value !== 'string' || value === '')
    throw unusable(origin, key === '' ? 'is empty' : `has no key \`${key}\``)
  return { type: 'kubeconfig', text: Buffer.from(value, 'base64').toString('utf8'), origin }
}

async function findSecret(
  management: ClusterReader,
  { namespace, name }: SecretAddress,
  signal: AbortSignal,
): Promise<Readonly<Record<string, unknown>> | undefined> {
  const request = {
    ...{ group: '', version: 'v1', kind: 'Secret', resource: 'secrets' },
    ...{ namespace, labelSelector: '', fieldSelector: `metadata.name=${name}`, metadataOnly: false },
  }
  let found: Readonly<Record<string, unknown>> | undefined
  for await (const page of management.list(request, signal)) {
    if (page.restart === true) found = undefined
    found = page.objects.find((object) => isNamed(object, name)) ?? found
  }
  return found
}

function isNamed(object: Readonly<Record<string, unknown>>, name: string): boolean {
  return (object['metadata'] as { name?: unknown } | undefined)?.name === name
}

function unusable(origin: string, why: string): ClusterError {
  return new ClusterError('address', {
    operation: `read ${origin}`,
    message: `${origin}, which is to hold the kubeconfig, ${why}`,
  })
}
