import { createHash } from 'node:crypto'

/** Texts as they are found in Secrets, of which no two share a part that a search might take for the other. */
export const secretValues: readonly string[] = Array.from({ length: 50 }, (_, index) => {
  const random = createHash('sha256').update(`known secret ${index}`).digest('base64').slice(0, 30)
  const shapes = [
    `${random}&p%"ß`,
    `-----BEGIN PRIVATE KEY-----\n${random}\n-----END PRIVATE KEY-----\n`,
    `{"auths":{"registry.example.com":{"password":"${random}"}}}`,
    `postgres://app:${encodeURIComponent(random)}@db.example.com/app?sslmode=require`,
    random,
  ]
  return shapes[index % shapes.length] ?? ''
})

/** Values of which `text` holds anything, in any spelling that a program may give them. */
export function toldIn(text: string, values: readonly string[] = secretValues): readonly string[] {
  return values.filter((value) => spellings(value).some((spelling) => text.includes(spelling)))
}

function spellings(value: string): readonly string[] {
  const bytes = Buffer.from(value)
  const plain = [
    value,
    JSON.stringify(value).slice(1, -1),
    // As a folded or a literal text of YAML has it: line by line.
    ...value.split('\n').filter((line) => line.length > 20 && !line.startsWith('-----')),
    bytes.toString('latin1'),
    encodeURIComponent(value),
    new URLSearchParams({ v: value }).toString().slice(2),
    bytes.toString('hex'),
    bytes.toString('hex').toUpperCase(),
  ]
  return [...plain, ...base64Cores(bytes), ...base64Cores(Buffer.from(bytes.toString('base64')))]
}

/** What is the same in the base64 of any text that holds these bytes, for each of the three places where they may begin. */
function base64Cores(bytes: Buffer): readonly string[] {
  return [0, 1, 2].flatMap((offset) => {
    const padded = Buffer.concat([Buffer.alloc(offset), bytes])
    // The first and the last group depend on what stands beside them.
    const core = padded
      .toString('base64')
      .slice(offset === 0 ? 0 : 4)
      .replace(/=+$/, '')
      .slice(0, -4)
    return [core, core.replaceAll('+', '-').replaceAll('/', '_')]
  })
}

/** 50 Secrets of several types and origins; each says its value once more where `kubectl apply` does. */
export function knownSecrets(namespace: string): readonly object[] {
  return secretValues.map((value, index) => {
    const name = `known-${String(index).padStart(2, '0')}`
    const encoded = Buffer.from(value).toString('base64')
    const type = index % 3 === 0 ? 'kubernetes.io/tls' : 'Opaque'
    const key = index % 3 === 0 ? 'tls.key' : 'password'
    const content =
      index % 3 === 1
        ? { stringData: { [key]: value } }
        : { data: { [key]: encoded, ...(index % 3 === 0 && { 'tls.crt': encoded }) } }
    const head = { apiVersion: 'v1', kind: 'Secret', type }
    const applied = JSON.stringify({ ...head, metadata: { name, namespace }, ...content })
    const annotations = { 'kubectl.kubernetes.io/last-applied-configuration': applied }
    return { ...head, metadata: { name, namespace, labels: { known: 'yes' }, annotations }, ...content }
  })
}
