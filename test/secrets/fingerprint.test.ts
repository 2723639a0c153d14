import { describe, expect, test } from 'vitest'
import { secretFingerprint, withSecretFingerprints } from '../../src/secrets/fingerprint.ts'

const bytes = (text: string): Uint8Array => new TextEncoder().encode(text)
const base64 = (text: string): string => Buffer.from(text).toString('base64')
const place = { namespace: 'shop', name: 'db', key: 'password' }

describe('a fingerprint', () => {
  // printf 'shop/db/password\0hunter22' | openssl dgst -sha256 -hmac 'a key'
  test('is 24 hex digits of the keyed hash of place and value', () => {
    expect(secretFingerprint(place, bytes('hunter22'), bytes('a key'))).toBe('hmac:14f6702132b0f0d10f4092f9')
  })

  test.each([
    ['value', { ...place }, 'hunter23', 'a key'],
    ['key of the Secret', { ...place, key: 'passwort' }, 'hunter22', 'a key'],
    ['name', { ...place, name: 'db2' }, 'hunter22', 'a key'],
    ['namespace', { ...place, namespace: 'bank' }, 'hunter22', 'a key'],
    ['key of the repository', place, 'hunter22', 'another key'],
    ['border between place and value', { ...place, key: 'passwordh' }, 'unter22', 'a key'],
  ])('is another for another %s', (_what, where, value, key) => {
    expect(secretFingerprint(where, bytes(value), bytes(key))).not.toBe(
      secretFingerprint(place, bytes('hunter22'), bytes('a key')),
    )
  })

  test('says nothing without a key', () => {
    expect(secretFingerprint(place, bytes('hunter22'), undefined)).toBe('hidden')
  })
})

describe('a recorded Secret', () => {
  const secret = (more: Readonly<Record<string, unknown>>) => ({
    apiVersion: 'v1',
    kind: 'Secret',
    metadata: { name: 'db', namespace: 'shop' },
    ...more,
  })

  test('has its type and metadata, the names of its keys, and nothing else', () => {
    const metadata = { name: 'db', namespace: 'shop', labels: { app: 'db' }, uid: '1' }
    expect(
      withSecretFingerprints(
        secret({
          metadata,
          type: 'Opaque',
          immutable: true,
          data: { password: base64('hunter22') },
          stringData: { user: 'admin' },
          status: { value: 'hunter22' },
        }),
        undefined,
      ),
    ).toEqual({
      apiVersion: 'v1',
      kind: 'Secret',
      metadata,
      type: 'Opaque',
      immutable: true,
      data: { password: 'hidden' },
      stringData: { user: 'hidden' },
    })
  })

  test('has one fingerprint for a value, in base64 or plain', () => {
    const print = (more: Readonly<Record<string, unknown>>): unknown =>
      Object.values(withSecretFingerprints(secret(more), bytes('a key'))).at(-1)
    expect(print({ data: { password: base64('hunter22') } })).toEqual(
      print({ stringData: { password: 'hunter22' } }),
    )
  })

  test.each([
    ['as it is', 'the password is hunter22/+é'],
    ['in base64', base64('hunter22/+é')],
    ['in base64, with something before it', base64('u:hunter22/+é')],
    ['in base64, with more before it', base64('us:hunter22/+é and more')],
    ['in base64 for URLs', Buffer.from('x:hunter22/+é').toString('base64url')],
    ['in a URL', 'https://db/?password=hunter22%2F%2B%C3%A9'],
    ['in hex', Buffer.from('hunter22/+é').toString('hex')],
    ['in capital hex', Buffer.from('hunter22/+é').toString('hex').toUpperCase()],
  ])('has no annotation that repeats a value %s', (_what, text) => {
    const metadata = { name: 'db', annotations: { note: text, owner: 'team-a' } }
    const recorded = withSecretFingerprints(
      secret({ metadata, data: { password: base64('hunter22/+é') } }),
      undefined,
    )
    expect(recorded['metadata']).toEqual({ name: 'db', annotations: { owner: 'team-a' } })
  })

  test('keeps annotations that hold a short value by chance', () => {
    const metadata = { name: 'db', annotations: { enabled: 'true' } }
    expect(
      withSecretFingerprints(secret({ metadata, data: { flag: base64('true') } }), undefined)['metadata'],
    ).toEqual(metadata)
  })

  test.each([
    ['a number', { data: { n: 12345678 } }],
    ['a map', { data: { n: { inner: 'hunter22' } } }],
    ['a text for data', { data: 'hunter22' }],
    ['a list for data', { data: ['hunter22'] }],
  ])('shows nothing of malformed data: %s', (_what, more) => {
    const text = JSON.stringify(withSecretFingerprints(secret(more), bytes('a key')))
    expect(text).not.toMatch(/hunter22|12345678/)
  })
})
