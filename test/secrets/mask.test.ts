import fc from 'fast-check'
import { describe, expect, test } from 'vitest'
import { collectSecretValues, createMask, type Mask } from '../../src/secrets/mask.ts'
import { createPublicWords } from '../../src/secrets/public-words.ts'
import { knownSecrets, secretValues, toldIn } from '../e2e/live/known-secrets.ts'
import { encodings } from './encodings.ts'

const key = new TextEncoder().encode('sixteen bytes or more')
const base64 = (text: string): string => Buffer.from(text).toString('base64')
const secret = (name: string, data: Record<string, string>) => ({
  apiVersion: 'v1',
  kind: 'Secret',
  metadata: { name, namespace: 'shop' },
  data: Object.fromEntries(Object.entries(data).map(([each, value]) => [each, base64(value)])),
})
const configMap = (data: Record<string, unknown>) => ({
  apiVersion: 'v1',
  kind: 'ConfigMap',
  metadata: { name: 'c', namespace: 'shop' },
  data,
})
const maskOf = (...values: string[]): Mask =>
  createMask(
    values.map((value) => ({ value, place: '' })),
    { key },
  )

describe('a Secret', () => {
  test('shows a fingerprint of each value, and all else', () => {
    const mask = createMask([], { key })
    const metadata = { name: 'db', namespace: 'shop', labels: { app: 'db' } }
    const value = {
      apiVersion: 'v1',
      kind: 'Secret',
      metadata,
      type: 'Opaque',
      data: { password: base64('hunter22') },
      stringData: { user: 'admin', empty: '' },
    }
    // printf 'fleetwright mask\0hunter22' | openssl dgst -sha256 -hmac 'sixteen bytes or more'
    expect(mask.object(value)).toEqual({
      ...{ apiVersion: 'v1', kind: 'Secret', metadata, type: 'Opaque' },
      data: { password: '⟨secret 5215⟩' },
      stringData: { user: '⟨secret 6fa6⟩', empty: '' },
    })
  })

  test('has one mask for a value, in base64 or plain, in whatever object', () => {
    const mask = createMask([], { key })
    const { data, stringData } = mask.object({
      ...secret('a', { x: 'hunter22' }),
      stringData: { y: 'hunter22', z: 'hunter23' },
    })
    expect(stringData.y).toBe(data.x)
    expect(stringData.z).not.toBe(data.x)
    expect(mask.object(secret('b', { q: 'hunter22' })).data.q).toBe(data.x)
  })

  test.each([
    ['a number', { data: { n: 12345678 } }],
    ['a map', { data: { n: { inner: 'hunter22' } } }],
    ['a text for data', { data: 'hunter22' }],
    ['a list for data', { data: ['hunter22'] }],
    ['no base64', { data: { n: 'hunter22!' } }],
    ['of another group', { apiVersion: 'example.com/v1', stringData: { n: 'hunter22' } }],
  ])('that is malformed shows nothing: %s', (_what, more) => {
    const masked = createMask([], { key }).object({ apiVersion: 'v1', kind: 'Secret', ...more })
    expect(JSON.stringify(masked)).not.toMatch(/hunter22|12345678/)
  })

  test('is found inside of other objects and inside of texts', () => {
    const manifest =
      'kind: Secret\napiVersion: v1\ndata:\n  a: aHVudGVyMjI=\n  b: |\n    aHVudGVyMjI=\nstringData: { c: hunter22, d: "a b" }\n'
    const { data } = createMask([], { key }).object(
      configMap({
        'secret.yaml': `kind: ConfigMap\ndata: { a: hunted }\n---\n${manifest}`,
        'secret.json': '{"kind": "Secret", "data": {"a": "aHVudGVyMjI="}}',
        nested: { resources: [{ kind: 'Secret', stringData: { a: 'hunter22' } }] },
      }),
    )
    expect(JSON.stringify(data)).not.toMatch(/hunter22|aHVudGVyMjI|a b/)
    expect(data['secret.yaml']).toContain('data: { a: hunted }')
    expect(data['secret.yaml']).toMatch(/^ {2}a: ⟨secret \w+⟩\n {2}b: \|\n {4}⟨secret \w+⟩\nstringData/m)
  })
})

describe('masks', () => {
  test('have four digits, and more where values would be alike', () => {
    const values = Array.from({ length: 400 }, (_, index) => `value-${index + 1000}-x1y2z3`)
    const mask = maskOf(...values)
    const names = values.map((value) => mask.text(value))
    expect(new Set(names).size).toBe(400)
    expect(new Set(names.map((name) => name.length)).size).toBe(1)
    expect(maskOf('hunter22').text('it is hunter22')).toBe('it is ⟨secret 5215⟩')
  })

  test('are ordinals without a key, in the order of the places, whatever the order of the values', () => {
    const values = [
      { value: 'hunter22', place: 'b' },
      { value: 'hunter33', place: 'c' },
      { value: 'hunter11', place: 'a' },
      { value: 'hunter22', place: 'd' },
    ]
    for (const order of [values, [...values].reverse()]) {
      const mask = createMask(order)
      expect(mask.text('hunter11, hunter22, hunter33')).toBe('⟨secret 1⟩, ⟨secret 2⟩, ⟨secret 3⟩')
    }
  })

  test('are the next ordinals for what was not known', () => {
    const mask = createMask([{ value: 'hunter11', place: 'a' }])
    expect(mask.text('password=hunter99\npassword=hunter88\npassword=hunter99')).toBe(
      'password=⟨secret 2⟩\npassword=⟨secret 3⟩\npassword=⟨secret 2⟩',
    )
  })

  test('cannot be forged in an object, so that no value hides behind the mask of another', () => {
    const mask = createMask([], { key })
    const forged = { apiVersion: 'v1', kind: 'X', spec: { a: '⟨secret 5215⟩', b: '⟨written secret 5215⟩' } }
    expect(mask.object(forged).spec).toEqual({
      a: '⟨written secret 5215⟩',
      b: '⟨written written secret 5215⟩',
    })
  })
})

describe('a value is hidden wherever it occurs', () => {
  const pem = `-----BEGIN PRIVATE KEY-----\n${'MIIEvQIBADANBgkqhkiG9w0BAQEFAASCBKcwggSjAgEAAoIBAQC7VJTUt9Us8cKj\n'.repeat(3)}-----END PRIVATE KEY-----\n`
  const values = [
    'hunter22',
    'a b/c+d?e=f&g"h\'i<j>\\k',
    'pässwörd-ß-2026',
    '0123456789abcdef0123',
    pem.slice(30, 92),
  ]

  test.each(Object.keys(encodings))('%s', (name) => {
    const encode = encodings[name] ?? ((text: string) => text)
    for (const value of values) {
      const encoded = encode(value)
      const masked = maskOf(value).text(`before: ${encoded} after`)
      expect(masked).toMatch(/^before: .*⟨secret \w+⟩/s)
      expect(masked).not.toContain(encoded)
    }
  })

  test('in keys of maps', () => {
    const { data } = maskOf('hunter22').object(configMap({ 'user-hunter22': 'x' }))
    expect(data).toEqual({ 'user-⟨secret 5215⟩': 'x' })
  })

  test('line by line, and indented', () => {
    const mask = maskOf(pem)
    const line = pem.split('\n')[1] ?? ''
    expect(mask.text(`a ${line} b`)).toMatch(/^a ⟨secret \w+⟩ b$/)
    const masked = mask.text(`tls:\n  key: |\n${pem.replace(/^/gm, '    ')}\nnext: 1\n`)
    expect(masked).toMatch(/^tls:\n {2}key: \|\n {4}⟨secret \w+⟩\s*next: 1\n$/)
  })

  test('with what in it is a credential of its own', () => {
    const config = `{"auths":{"registry.example.com":{"auth":"${base64('bob:hunter22')}"}}}`
    const mask = maskOf(
      config,
      'postgres://app:s3cr3t-pw@db/app',
      'carol:$apr1$x7Yz$0qk',
      'smtp_password = k4nnmanraten\n',
    )
    for (const text of ['hunter22', base64('bob:hunter22'), 's3cr3t-pw', '$apr1$x7Yz$0qk', 'k4nnmanraten'])
      expect(mask.text(`it is ${text} there`)).toMatch(/^it is ⟨secret \w+⟩ there$/)
  })

  test('but edges of what is encoded are not left over', () => {
    const masked = maskOf('hunter22-hunter22').text(`auth: ${base64('user:hunter22-hunter22')}.`)
    expect(masked).toMatch(/^auth: ⟨secret \w+⟩\.$/)
  })

  test('two in one, and one inside of another', () => {
    const mask = maskOf('hunter22', 'hunter22hunter33', 'hunter33hunter44')
    expect(mask.text('hunter22 hunter22')).toBe('⟨secret 5215⟩ ⟨secret 5215⟩')
    expect(mask.text('[hunter22hunter33hunter44]')).toMatch(/^\[⟨secret \w+⟩\]$/)
    expect(mask.text('[hunter22hunter33hunter44]')).not.toBe(mask.text('[hunter22hunter33]'))
  })
})

describe('what is not looked for everywhere', () => {
  test.each([
    ['short', 'abc12'],
    ['a few digits', '1234567'],
    ['a word', 'changeit'],
    ['words', 'grafana-admin'],
    ['an address', 'https://db.example.com:5432/app'],
    [
      'a certificate',
      '-----BEGIN CERTIFICATE-----\nMIIB0zCCAX2gAwIBAgIJAI/M7BYjwB+uMA0GCSqGSIb3DQEBBQUAMEUxCzAJBgNV\n-----END CERTIFICATE-----\n',
    ],
  ])('%s: it is hidden in its Secret alone', (_what, value) => {
    const mask = createMask(collectSecretValues([secret('a', { v: value })]), { key })
    expect(mask.object(secret('a', { v: value })).data.v).toMatch(/^⟨secret \w+⟩$/)
    expect(mask.text(`it is ${value} there`)).toBe(`it is ${value} there`)
  })

  test('a word of many letters is looked for as a word', () => {
    const mask = maskOf('correct-horse-battery-staple')
    expect(mask.text('correct-horse-battery-staple.')).toMatch(/^⟨secret \w+⟩\.$/)
    expect(mask.text('incorrect-horse-battery-staples')).toBe('incorrect-horse-battery-staples')
  })

  test('a public word of the fleet, but for places of credentials', () => {
    const isPublic = createPublicWords([
      configMap({}),
      {
        kind: 'Pod',
        metadata: { name: 'shop-db-01', labels: { tier: 'backend-77' } },
        spec: { containers: [{ image: 'r.example.com/team/app-9000:v1' }] },
      },
    ])
    const values = ['shop-db-01', 'backend-77', 'app-9000'].map((value) => ({ value, place: '' }))
    const mask = createMask(values, { key, isPublic })
    const text = 'shop-db-01 and backend-77 run r.example.com/team/app-9000:v1'
    expect(mask.text(text)).toBe(text)
    expect(mask.text('DB_PASSWORD=shop-db-01')).toMatch(/^DB_PASSWORD=⟨secret \w+⟩$/)
  })

  test('that something random is public does not make it known', () => {
    const value = 'Zk3q9XvB7mT2pL8w'
    const mask = createMask([{ value, place: '' }], { key, isPublic: () => true })
    expect(mask.text(value)).toMatch(/^⟨secret/)
  })
})

describe('properties', () => {
  const anyValue = fc
    .string({ unit: fc.constantFrom(...'abcXYZ019+/=-_.:&%"\'\\<> éß'), minLength: 8, maxLength: 80 })
    .filter(
      (value) => /[a-z]\d|\d[a-z]/i.test(value.trim()) && value.trim().length >= 8 && !/^\s|\s$/.test(value),
    )
    // As a whole it must be more than an address or words, which are not looked for.
    .map((value) => `${value}!q7Rk2`)
  const anySurroundings = fc.string({ unit: fc.constantFrom(...' ,;()[]{}#\n→'), maxLength: 12 })
  const anyEncoding = fc.constantFrom(...Object.keys(encodings))

  test('no spelling of a value is left in any text', () => {
    fc.assert(
      fc.property(anyValue, anyEncoding, anySurroundings, anySurroundings, (value, name, before, after) => {
        const encoded = encodings[name]?.(value) ?? value
        const masked = maskOf(value).text(`${before}${encoded}${after}`)
        for (const encode of Object.values(encodings)) expect(masked).not.toContain(encode(value))
        expect(masked).not.toContain(encoded)
      }),
      { numRuns: 400 },
    )
  })

  test('equal values have equal masks, others have others', () => {
    fc.assert(
      fc.property(fc.uniqueArray(fc.string({ minLength: 1 }), { minLength: 2, maxLength: 8 }), (values) => {
        const mask = createMask([], { key })
        const names = values.map(
          (value) => mask.object({ kind: 'Secret', stringData: { value } }).stringData.value,
        )
        const again = values.map(
          (value) => mask.object({ kind: 'Secret', data: { value: base64(value) } }).data.value,
        )
        expect(new Set(names).size).toBe(values.length)
        const isText = values.every((value) => value.isWellFormed())
        if (isText) expect(again).toEqual(names)
      }),
    )
  })

  test('to mask twice is to mask once', () => {
    const piece = fc.oneof(
      fc.constantFrom(
        'password=',
        'token: ',
        '\n',
        '"',
        ' ',
        'https://bob:',
        '@host',
        '⟨secret 12ab⟩',
        '⟨',
        '⟩',
        '--password ',
      ),
      fc.constantFrom(
        'hunter22',
        base64('x:hunter22'),
        '%68unter22',
        'ghp_0123456789abcdefghijABCDEFGHIJ012345',
      ),
      fc.string({ maxLength: 6 }),
    )
    fc.assert(
      fc.property(fc.array(piece, { maxLength: 12 }), (pieces) => {
        const mask = maskOf('hunter22')
        const once = mask.text(pieces.join(''))
        expect(mask.text(once)).toBe(once)
        const object = mask.object(configMap({ a: pieces.join(''), b: pieces }))
        expect(mask.object(object)).toBe(object)
      }),
      { numRuns: 500 },
    )
  })

  test('an object without secrets is the same object', () => {
    const plain = fc.object({
      key: fc.constantFrom('name', 'spec', 'image', 'x'),
      values: [
        fc.integer(),
        fc.boolean(),
        fc.constant(null),
        fc.constantFrom('a text', 'nginx:1.27', 'line\nline', "it's"),
      ],
    })
    fc.assert(
      fc.property(plain, (object) => {
        const value = object
        expect(maskOf('hunter22').object(value)).toBe(value)
      }),
    )
  })

  test('other texts have other masks: nothing that changes is hidden', () => {
    fc.assert(
      fc.property(fc.string(), fc.string(), anyEncoding, (a, b, name) => {
        fc.pre(a !== b)
        const mask = maskOf('hunter22')
        const encoded = encodings[name]?.('hunter22') ?? ''
        const hide = (text: string): unknown => mask.object({ kind: 'X', text }).text
        expect(hide(`${a}${encoded}`)).not.toBe(hide(`${b}${encoded}`))
        expect(hide(`password: ${a}`)).not.toBe(hide(`password: ${b}`))
      }),
      { numRuns: 500 },
    )
  })
})

test('numbers beyond 53 bits stay as they are', () => {
  const raw = (JSON as unknown as { rawJSON(text: string): unknown }).rawJSON('12345678901234567890')
  const value = { kind: 'X', spec: { replicas: raw, password: raw } }
  const masked = createMask([], { key }).object(value)
  expect(masked.spec.replicas).toBe(raw)
  expect(masked.spec.password).toMatch(/^⟨secret/)
})

test('a thousand values are found in ten megabytes in one pass', () => {
  const values = Array.from(
    { length: 1000 },
    (_, index) => `generated-${index}-${base64(String(index * 7919))}`,
  )
  const mask = maskOf(...values)
  const filler = 'spec: { replicas: 3, image: registry.example.com/app } '.repeat(100_000)
  const started = process.cpuUsage()
  const masked = mask.text(`${filler} ${values[500]} ${filler}`)
  // A second where a hundred thousand alternatives would take minutes; the bound only tells the two apart.
  expect(process.cpuUsage(started).user / 1e6).toBeLessThan(30)
  expect(masked.length).toBeLessThan(2 * filler.length + 40)
})

describe('the fifty known secrets of the tests against clusters', () => {
  const objects = knownSecrets('shop') as { kind: string; metadata: { name: string } }[]
  test.each([
    ['with a key', { key }],
    ['without', {}],
  ])('are in nothing that is shown, in any encoding, %s', (_what, options) => {
    const mask = createMask(collectSecretValues(objects), options)
    const shown = objects.map((object) => JSON.stringify(mask.object(object)))
    for (const [name, encode] of Object.entries(encodings)) {
      for (const value of secretValues) {
        const text = `${name} ${encode(value)} and more`
        shown.push(mask.text(text), JSON.stringify(mask.object(configMap({ text, [text]: 'x' }))))
      }
    }
    expect(shown.flatMap((text) => toldIn(text).map((value) => `${value} in ${text}`))).toEqual([])
  })
})
