import { describe, expect, test } from 'vitest'
import { collectSecretValues, createMask } from '../../src/secrets/mask.ts'

const mask = createMask([], { key: new TextEncoder().encode('sixteen bytes or more') })
const base64 = (text: string): string => Buffer.from(text).toString('base64')
/** Put together here, so that no scanner of this repository takes it for real. */
const joined = (...parts: string[]): string => parts.join('')
const hex = '0123456789abcdef'

describe('what looks like a credential is hidden in any text', () => {
  test.each([
    ['of GitHub', joined('gh', 'p_', 'A1b2C3d4E5'.repeat(4))],
    ['of GitHub, fine-grained', joined('github', '_pat_', 'A1b2C3d4E5'.repeat(4))],
    ['of GitLab', joined('gl', 'pat-', 'A1b2C3d4E5A1b2C3d4E5')],
    ['of AWS', joined('AK', 'IA', 'IOSFODNN7EXAMPLE')],
    ['of Google', joined('AI', 'za', 'SyA1b2C3d4E5A1b2C3d4E5A1b2C3d4E5abc')],
    ['of Slack', joined('xo', 'xb-', '123456789012-A1b2C3d4E5')],
    ['of Stripe', joined('sk_', 'live_', 'A1b2C3d4E5A1b2C3d4E5')],
    ['a JSON Web Token', joined('eyJhbGciOiJIUzI1NiJ9', '.eyJzdWIiOiIxMjM0In0', '.c2lnbmF0dXJl')],
    ['a private key', '-----BEGIN EC PRIVATE KEY-----\nMHcCAQEEIIr\n-----END EC PRIVATE KEY-----'],
    [
      'a private key in base64',
      base64(`-----BEGIN PRIVATE KEY-----\n${hex.repeat(6)}\n-----END PRIVATE KEY-----\n`),
    ],
  ])('a token %s', (_what, token) => {
    expect(mask.text(`see ${token} there`)).toMatch(/^see ⟨secret \w+⟩ there$/)
    expect(mask.text(JSON.stringify({ note: `see ${token}` }))).toMatch(/^\{"note":"see ⟨secret \w+⟩"\}$/)
  })

  test.each([
    ['https://bob:hunter22@example.com/x', 'https://bob:…@example.com/x'],
    ['postgres://app:p%40ss@db:5432/app?x=1', 'postgres://app:…@db:5432/app?x=1'],
    ['https://A1b2C3d4E5A1b2C3d4E5@example.com', 'https://…@example.com'],
    ['https://hooks.slack.com/services/T0/B0/abc', 'https://hooks.slack.com/services/…'],
    ['Authorization: Basic Ym9iOmh1bnRlcjIy', 'Authorization: Basic …'],
    ['Bearer abcdef0123456789abcd', 'Bearer …'],
    ['run --password=hunter22 --user bob', 'run --password=… --user bob'],
    ['run --api-key "hunter22" now', 'run --api-key "…" now'],
    ['https://example.com/?token=abc&x=1', 'https://example.com/?token=…&x=1'],
    ['PGPASSWORD=hunter22 psql', 'PGPASSWORD=…'],
    ['export DB_PASS=hunter22', 'export DB_PASS=…'],
    ['a: 1\nadminPassword: hunter22 # initial\nb: 2', 'a: 1\nadminPassword: … # initial\nb: 2'],
    ["  - clientSecret: 'it''s'\n", "  - clientSecret: '…'\n"],
    ['password: |\n  one\n  two\nnext: x', 'password: |\n  …\nnext: x'],
    ['{"user":"bob","password":"hunter22"}', '{"user":"bob","password":"…"}'],
    ['{\\"password\\":\\"hunter22\\"}', '{\\"password\\":\\"…\\"}'],
    ['{ user: bob, password: hunter22 }', '{ user: bob, password: … }'],
    [
      `{"auths":{"r.example.com":{"auth":"${base64('bob:hunter22')}"}}}`,
      '{"auths":{"r.example.com":{"auth":"…"}}}',
    ],
    ['requirepass hunter22', 'requirepass …'],
    ['machine example.com login bob password hunter22', 'machine example.com login bob password …'],
    ['  3 |   password: hunter22', '  3 |   password: …'],
    ['+  token: abc123', '+  token: …'],
    ['api_key := "abc"', 'api_key := "…"'],
  ])('%j', (text, shown) => {
    expect(mask.text(text).replace(/⟨secret \w+⟩/g, '…')).toBe(shown)
  })

  test.each([
    'password: $(DB_PASSWORD)',
    'password: ${DB_PASSWORD}',
    'password=$PASSWORD',
    'TOKEN=$(cat /var/run/token)',
    'password: {{ .Values.password }}',
    'password: "{{ .Values.password }}"',
    'password: ""',
    'passwordSecretRef: { name: db, key: password }',
    'existingSecret: grafana-admin',
    'tlsSecret: web-tls',
    'tokenTTL: 3600',
    'allowEmptyPassword: yes',
    'credentials: /var/run/secrets/gcp/key.json',
    'checksum/secret: 2c26b46b68ffc68ff99b453c1d30413413422d706483bfa0f98a5e886266e7ae',
    'password = os.environ["PASSWORD"]',
    'PWD=/home/bob',
    'bypass: true',
    'basic authentication is what the server wants',
    'the bearer token that was given',
    'https://git@github.com/org/repo',
    'password: ENC[AES256_GCM,data:abc,iv:def,tag:ghi,type:str]',
    '`spec.password` is text, but must be a mapping',
    'image: registry.example.com/app@sha256:2c26b46b68ffc68ff99b453c1d30413413422d706483bfa0f98a5e886266e7ae',
  ])('no credential: %s', (text) => {
    expect(mask.text(text)).toBe(text)
  })
})

describe('what a name says to be a credential is hidden in any object', () => {
  const container = (more: object) => ({ kind: 'Pod', spec: { containers: [{ name: 'app', ...more }] } })

  test.each([
    ['a variable', container({ env: [{ name: 'DB_PASSWORD', value: 'x' }] })],
    ['a variable in camel case', container({ env: [{ name: 'apiKey', value: 'x' }] })],
    ['an argument', container({ args: ['--admin-password=x'] })],
    ['the argument after a flag', container({ args: ['--token', 'x'] })],
    ['data of a config map', { kind: 'ConfigMap', data: { 'db-password': 'x' } }],
    ['values of a release', { kind: 'HelmRelease', spec: { values: { grafana: { adminPassword: 'x' } } } }],
    ['a number', { kind: 'X', spec: { password: 424242 } }],
    ['a list', { kind: 'X', spec: { tokens: ['x', 'y'] } }],
    [
      'what was applied',
      {
        kind: 'X',
        metadata: { annotations: { 'kubectl.kubernetes.io/last-applied-configuration': '{"a":"b"}' } },
      },
    ],
  ])('%s', (_what, value) => {
    const masked = JSON.stringify(mask.object(value))
    expect(masked).toContain('⟨secret ')
    expect(masked).not.toMatch(/"(?:x|y|--admin-password=x|\{\\"a\\":\\"b\\"\})"|424242/)
  })

  test.each([
    [
      'a reference',
      container({
        env: [{ name: 'DB_PASSWORD', valueFrom: { secretKeyRef: { name: 'db', key: 'password' } } }],
      }),
    ],
    ['another variable', container({ env: [{ name: 'DB_PASSWORD', value: '$(OTHER)' }] })],
    [
      'a switch',
      container({
        automountServiceAccountToken: false,
        env: [{ name: 'ALLOW_EMPTY_PASSWORD', value: 'yes' }],
      }),
    ],
    ['a volume', container({ volumes: [{ name: 'token', secret: { secretName: 'token' } }] })],
    [
      'a schema',
      {
        kind: 'CustomResourceDefinition',
        spec: { properties: { password: { type: 'string' } }, required: ['password'] },
      },
    ],
    [
      'an external secret',
      { kind: 'ExternalSecret', spec: { data: [{ secretKey: 'password', remoteRef: { key: 'db' } }] } },
    ],
    ['a flag before a flag', container({ args: ['--token', '--verbose'] })],
  ])('but not %s', (_what, value) => {
    expect(mask.object(value)).toBe(value)
  })
})

describe('values that are collected', () => {
  test('are those of Secrets, wherever they are, and what looks like a credential elsewhere', () => {
    const values = collectSecretValues([
      {
        apiVersion: 'v1',
        kind: 'Secret',
        metadata: { name: 'a', namespace: 'n' },
        data: { x: base64('hunter11') },
        stringData: { y: 'hunter22' },
      },
      {
        kind: 'Pod',
        metadata: { name: 'p' },
        spec: { env: [{ name: 'TOKEN', value: 'hunter33' }], args: ['--password=hunter44'] },
      },
      {
        kind: 'ConfigMap',
        metadata: { name: 'c' },
        data: { 'a.yaml': `kind: Secret\ndata: { z: ${base64('hunter55')} }\n` },
      },
    ])
    const texts = values.map(({ value }) => Buffer.from(value as string).toString())
    expect(texts.filter((text) => text.startsWith('hunter'))).toEqual([
      'hunter11',
      'hunter22',
      'hunter33',
      'hunter44',
      'hunter55',
    ])
    expect(values.map(({ guessed = false }) => guessed)).toEqual([false, false, true, true, false, false])
  })

  test('are hidden in other objects than the one that they were found in', () => {
    const objects = [
      { kind: 'Pod', metadata: { name: 'p' }, spec: { env: [{ name: 'TOKEN', value: 'hunter33' }] } },
      { kind: 'ConfigMap', metadata: { name: 'c' }, data: { note: 'call with hunter33' } },
    ]
    const [pod, config] = objects.map((each) => createMask(collectSecretValues(objects)).object(each))
    expect(pod?.spec?.env).toEqual([{ name: 'TOKEN', value: '⟨secret 1⟩' }])
    expect(config?.data).toEqual({ note: 'call with ⟨secret 1⟩' })
  })

  test.each([
    ['as they are', 'hunter22-own-key', ['hunter22-own-key']],
    [
      'by host',
      '{"charts.example.com":{"username":"bob","password":"hunter22"},"r.example.com":{"token":"t0k3nhunter"}}',
      ['hunter22', 't0k3nhunter'],
    ],
    ['in a netrc file', 'machine example.com\n  login bob\n  password hunter22\n', ['hunter22']],
    [
      'in a docker configuration',
      `{"auths":{"r.example.com":{"auth":"${base64('bob:hunter22')}"}}}`,
      ['hunter22', base64('bob:hunter22')],
    ],
  ])('from the environment: %s', (_what, text, hidden) => {
    const known = createMask(collectSecretValues([], [text]))
    for (const each of hidden) expect(known.text(`it is ${each} there`)).toMatch(/^it is ⟨secret \d+⟩ there$/)
    expect(known.text('example.com and bob')).toBe('example.com and bob')
  })
})

test('a text that is made to take long does not', () => {
  const long = 1 << 17
  const texts = [
    ' '.repeat(long),
    `password:${' '.repeat(long)}x`,
    `${'a'.repeat(long)}:`,
    `{${' '.repeat(long)}a: b`,
    `"password": "${'\\"'.repeat(long)}`,
    '-----BEGIN PRIVATE KEY-----\n'.repeat(long / 32),
    'http://'.repeat(long / 8),
    '- '.repeat(long),
    'a='.repeat(long),
    `${'\t'.repeat(long)}\n`,
    'token '.repeat(long / 8),
    'kind: Secret\n'.repeat(2000),
    '%25'.repeat(long / 4),
    '\\\\'.repeat(long / 2),
    'password: |\n'.repeat(long / 16),
    'password: x\n'.repeat(long / 16),
    '"password":"x",'.repeat(long / 16),
    '{a: password '.repeat(long / 16),
    '\n   '.repeat(long / 4),
    "''".repeat(long),
    '⟨secret '.repeat(long / 8),
    '⟨secret a⟩'.repeat(long / 8),
    'AAAAAAAAAAAAAAAA\n'.repeat(long / 16),
    '{"kind":"Secret","data":'.repeat(long / 32),
    `kind: Secret\ndata:\n${' a: &a [*a]\n'.repeat(3000)}`,
    `https://${'x:'.repeat(long)}`,
    'eyJ'.repeat(long / 4),
    `Basic ${'a'.repeat(long)}`,
  ]
  for (const text of texts) {
    const started = process.cpuUsage()
    mask.text(text)
    const seconds = process.cpuUsage(started).user / 1e6
    expect(`${text.slice(0, 20)} ${seconds < 10}`).toBe(`${text.slice(0, 20)} true`)
  }
}, 120_000)
