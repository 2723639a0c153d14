import { createCredentialNames } from './credential-name.ts'
import type { CredentialRules } from './credential-rules.ts'
import { credentialValues } from './credential-values.ts'
import { tryBase64 } from './base64-spellings.ts'
import type { SecretValue } from './secret-value.ts'
import { visitObject, type JsonMap, type Trail } from './object-walk.ts'

/**
 * Every value that a mask should know of: those of Secrets, and what looks like a credential elsewhere, so that it is hidden
 * wherever it occurs.
 * @param objects of the repository, of rendered trees, of clusters: everything that the report may show, Secrets or not
 * @param credentials FLEETWRIGHT_KEY and FLEETWRIGHT_CREDENTIALS, netrc and docker files, tokens: as they are
 * @param isPublic as for the mask
 */
export function collectSecretValues(
  objects: Iterable<JsonMap>,
  credentials: Iterable<string> = [],
  isPublic: (text: string) => boolean = () => false,
): SecretValue[] {
  const rules: CredentialRules = { nameOf: createCredentialNames(), isPublic }
  const values: SecretValue[] = []
  const seen = new WeakSet<JsonMap>()
  for (const object of objects) {
    if (seen.has(object)) continue
    seen.add(object)
    collectFrom(object, rules, values)
  }
  for (const text of credentials) {
    // Behind all objects.
    const place = '\uffff'
    if (text.trim() === '') continue
    values.push({ value: text, place })
    for (const value of credentialValues(text, rules)) values.push({ ...value, place })
  }
  return values
}

function collectFrom(object: JsonMap, rules: CredentialRules, into: SecretValue[]): void {
  const identity = identityOf(object)
  const add = (value: Omit<SecretValue, 'place'>, trail: Trail): void =>
    void into.push({ ...value, place: `${identity} ${describe(trail)}` })
  const text = (written: string, trail: Trail): string => {
    for (const value of credentialValues(written, rules)) add(value, trail)
    return written
  }
  visitObject(object, {
    ...rules,
    secret: (written, origin, trail) => {
      if (origin === 'repeated') return text(written, trail)
      const value = origin === 'data' ? (tryBase64(written) ?? written) : written
      add({ value, ...(origin === 'named' && { guessed: true }) }, trail)
      return written
    },
    text,
    key: (key) => key,
  })
}

function identityOf({ apiVersion, kind, metadata }: JsonMap): string {
  const { namespace = '', name = '' } = (metadata ?? {}) as { namespace?: unknown; name?: unknown }
  return [kind, apiVersion, namespace, name].map(String).join(' ')
}

function describe(trail: Trail): string {
  const keys: (string | number)[] = []
  for (let at: Trail | undefined = trail; at !== undefined; at = at.above) keys.push(at.key)
  return JSON.stringify(keys.reverse())
}
