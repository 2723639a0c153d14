import { createHash } from 'node:crypto'
import { mkdirSync, readdirSync, readFileSync } from 'node:fs'
import { join } from 'node:path'
import { describe, expect, test } from 'vitest'
import { clusterProfile, configMap, sveltosCluster, yaml } from '../compile-files.ts'
import { commitFiles, git, runCommand, temporaryFolder } from '../cli/run-command.ts'

/** Fifty values as people have them; `generation` changes half of them. */
function knownSecrets(generation: number): readonly string[] {
  return Array.from({ length: 50 }, (_, index) => {
    const seed = index % 2 === 0 ? `${index} ${generation}` : String(index)
    const digest = createHash('sha256').update(`known secret ${seed}`).digest()
    const forms = [
      digest.toString('base64').slice(0, 24),
      digest.toString('hex').slice(0, 20),
      `Pa55-${digest.toString('hex').slice(0, 6)}!&<"'`,
      `postgres://app:${digest.toString('hex').slice(0, 14)}@db.internal:5432/shop?x=1`,
      `-----BEGIN PRIVATE KEY-----\n${digest.toString('base64')}\n${digest.toString('base64').split('').reverse().join('')}\n-----END PRIVATE KEY-----`,
      `{"auths":{"registry.example.com":{"auth":"${digest.toString('base64url').slice(0, 22)}"}}}`,
      `ghp_${digest.toString('hex').slice(0, 36)}`,
      `ünïcode ${digest.toString('hex').slice(0, 10)} ✓`,
      `line one ${digest.toString('hex').slice(0, 12)}\r\nline two ${digest.toString('hex').slice(20, 32)}`,
      `%41${digest.toString('hex').slice(0, 9)}+/=?#`,
    ]
    return forms[index % forms.length] ?? ''
  })
}

/** The part of a value that nobody could guess, for which every spelling is looked. */
function cores(value: string): readonly string[] {
  return value.split(/[\r\n]+/).flatMap((line) => {
    const made = line.match(/[A-Za-z0-9+/_-]*[0-9a-f]{6,}[A-Za-z0-9+/_-]*|[A-Za-z0-9+/_-]{20,}/g)
    return made ?? []
  })
}

function spellings(text: string): readonly string[] {
  const bytes = Buffer.from(text)
  const shifted = [0, 1, 2].map((shift) => {
    const encoded = Buffer.concat([Buffer.alloc(shift), bytes])
      .toString('base64')
      .replace(/=+$/, '')
    return encoded.slice(shift === 0 ? 0 : shift + 1, -2)
  })
  const percent = [...bytes].map((byte) => `%${byte.toString(16).padStart(2, '0')}`).join('')
  return [
    text,
    ...shifted,
    ...shifted.map((one) => one.replaceAll('+', '-').replaceAll('/', '_')),
    bytes.toString('hex'),
    bytes.toString('hex').toUpperCase(),
    encodeURIComponent(text),
    percent,
    percent.toUpperCase(),
    Buffer.from(bytes.toString('base64')).toString('base64').replace(/=+$/, '').slice(0, -2),
  ]
}

const quoted = (text: string): string => JSON.stringify(text)

/** A fleet in which every value stands in a Secret and in places where people forget it. */
function fleet(values: readonly string[], generation: number): Readonly<Record<string, string>> {
  const secretObjects = values.map((value, index) => {
    const isData = index % 3 === 0
    return `apiVersion: v1
kind: Secret
metadata:
  name: known-${index}
  namespace: apps
  annotations:
    kubectl.kubernetes.io/last-applied-configuration: ${quoted(JSON.stringify({ stringData: { value } }))}
${isData ? 'data' : 'stringData'}:
  value: ${quoted(isData ? Buffer.from(value).toString('base64') : value)}
`
  })
  const places = values.map(
    (value, index) => `apiVersion: apps/v1
kind: Deployment
metadata: { name: app-${index}, namespace: apps, annotations: { note: ${quoted(`uses ${value} here`)} } }
spec:
  selector: { matchLabels: { app: app-${index} } }
  template:
    metadata: { labels: { app: app-${index} } }
    spec:
      containers:
      - name: app
        image: registry.example.com/app:${generation}
        args: [${quoted(`--token=${value}`)}, ${quoted(Buffer.from(`user:${value}`).toString('base64'))}]
        env:
        - { name: DB_PASSWORD, value: ${quoted(value)} }
        - { name: SETTINGS, value: ${quoted(JSON.stringify({ nested: { secret: value } }))} }
        - { name: ESCAPED, value: ${quoted(encodeURIComponent(value))} }
        - { name: HEXED, value: ${quoted(Buffer.from(value).toString('hex'))} }
`,
  )
  const mapped = configMapObject(values)
  return {
    'fleetwright.yaml':
      'apiVersion: fleetwright.dev/v1alpha1\nkind: FleetConfig\nspec: { secrets: { allow: ["*/*"] } }\n',
    'clusters.yaml': yaml(
      sveltosCluster('eu', { env: 'production' }),
      sveltosCluster('us', { env: 'production' }),
    ),
    'profile.yaml': clusterProfile(
      'app',
      'clusterSelector: { matchLabels: { env: production } }\npolicyRefs:\n- { kind: ConfigMap, namespace: default, name: secrets }\n- { kind: ConfigMap, namespace: default, name: places }',
    ),
    'secrets.yaml': configMap('secrets', { 'secrets.yaml': secretObjects.join('---\n') }),
    'places.yaml': configMap('places', { 'places.yaml': [...places, mapped].join('---\n') }),
    // A Secret of the repository itself, in which the head makes a mistake that is told with its line.
    'repository.yaml': `apiVersion: v1
kind: Secret
metadata: { name: registry, namespace: default }
stringData:
  password: ${quoted(values[2] ?? '')}
  token: ${quoted(values[6] ?? '')}
${generation > 1 ? `  password: ${quoted(values[12] ?? '')}\n` : ''}`,
  }
}

function configMapObject(values: readonly string[]): string {
  const text = values.map((value, index) => `key${index}: ${quoted(value)}`).join('\n')
  return `apiVersion: v1
kind: ConfigMap
metadata: { name: settings, namespace: apps }
data:
  application.yaml: ${quoted(`${text}\n`)}
  application.json: ${quoted(JSON.stringify(Object.fromEntries(values.map((value, index) => [`k${index}`, value]))))}
`
}

/** Every output of a review of the pull request that changes half of the values, by file. */
async function outputsOf(env: Readonly<Record<string, string>>): Promise<ReadonlyMap<string, string>> {
  const folder = join(temporaryFolder(), 'fleet')
  mkdirSync(folder)
  commitFiles(folder, fleet(knownSecrets(1), 1))
  const compiled = await runCommand(folder, ['compile'], { env })
  expect(compiled.exitCode, compiled.stderr).toBe(0)
  git(folder, 'checkout', '--quiet', '-b', 'change')
  commitFiles(folder, fleet(knownSecrets(2), 2))
  const { stdout, stderr } = await runCommand(folder, ['diff', '--report', '../out'], { env })
  const out = join(folder, '..', 'out')
  const files = readdirSync(out).map((name): [string, string] => [
    name,
    readFileSync(join(out, name), 'utf8'),
  ])
  return new Map([...files, ['stdout', stdout], ['stderr', stderr]])
}

describe.each([
  ['with a key', { FLEETWRIGHT_KEY: 'a key that nobody knows' }],
  ['without a key, as in a fork', {}],
])('fifty known secret values in the fleet, %s', (_how, env) => {
  test('are in no output, in no encoding, and a changed one shows as changed', async () => {
    const outputs = await outputsOf(env)
    const sought = [...knownSecrets(1), ...knownSecrets(2)]
      .flatMap(cores)
      .flatMap(spellings)
      .filter(({ length }) => length >= 6)
    expect(sought.length).toBeGreaterThan(1000)
    const found = [...outputs].flatMap(([name, text]) =>
      sought.filter((spelling) => text.includes(spelling)).map((spelling) => `${name}: ${spelling}`),
    )
    expect(found).toEqual([])

    const names = changedSecrets(outputs.get('review.json') ?? '')
    const [before, after] = [knownSecrets(1), knownSecrets(2)]
    const changed = after.flatMap((value, index) => (value === before[index] ? [] : [`known-${index}`]))
    expect(changed).toHaveLength(25)
    expect(names).toEqual(changed.sort())
    expect(outputs.get('review.txt')).toMatch(/⟨secret [0-9a-f]+ → [0-9a-f]+⟩/)
  }, 120_000)
})

interface ReviewOutput {
  readonly changes: readonly {
    readonly objects: readonly { readonly after?: { readonly kind: string; readonly name: string } }[]
  }[]
}

/** Names of the Secrets that a review says to change, sorted. */
function changedSecrets(json: string): readonly string[] {
  const { changes } = JSON.parse(json) as ReviewOutput
  return changes
    .flatMap(({ objects }) => objects.flatMap(({ after }) => (after?.kind === 'Secret' ? [after.name] : [])))
    .sort()
}
