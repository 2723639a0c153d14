import { Buffer } from 'node:buffer'
import type { Fleet } from '../intent/types.ts'
import { objectKey } from '../kubernetes/object-key.ts'
import type { CredentialsReader } from '../sources/credentials-port.ts'

/** Credentials in the Secrets and ConfigMaps of the repository itself. */
export function createFleetCredentials({ objects }: Fleet): CredentialsReader {
  return {
    read({ namespace, name }) {
      const found = ['Secret', 'ConfigMap']
        .map((kind) => objects.get(objectKey({ apiVersion: 'v1', kind, namespace, name })))
        .find((object) => object !== undefined)
      if (found === undefined) return Promise.resolve(undefined)
      const { data, stringData } = found.document.value
      const decode = (text: string): string =>
        found.kind === 'Secret' ? Buffer.from(text, 'base64').toString('utf8') : text
      const entries = [...textsOf(data).map(([key, text]) => [key, decode(text)]), ...textsOf(stringData)]
      return Promise.resolve(Object.fromEntries(entries) as Record<string, string>)
    },
  }
}

function textsOf(value: unknown): [string, string][] {
  if (typeof value !== 'object' || value === null) return []
  return Object.entries(value).filter((entry): entry is [string, string] => typeof entry[1] === 'string')
}
