import { expect, test } from 'vitest'
import { createLog } from '../../src/app/telemetry/log.ts'
import { createRedaction } from '../../src/app/telemetry/redaction.ts'
import { privateKey } from './running-app.ts'

function useLog(secrets: readonly string[] = []) {
  const lines: string[] = []
  const redaction = createRedaction(secrets)
  const log = createLog({
    level: 'debug',
    redaction,
    destination: { write: (line) => void lines.push(line) },
  })
  return { log, redaction, text: () => lines.join(''), lines }
}

/** Each in a message, its stack, a cause, a field far inside, a key, and the name of the event. */
function everywhere(secret: string) {
  const error = new Error(`GET failed with ${secret}`, { cause: new Error(`since ${secret}`) })
  return { error, request: { deep: [{ deeper: { value: `x ${secret} y` } }], [secret]: 1 } }
}

test.each([
  ['a token of an installation', `ghs_${'a1B2'.repeat(9)}`],
  ['a token of an installation in its newer form', `ghs_${'12_eyJ-a.b'.repeat(4)}`],
  ['a personal token', `github_pat_${'a1B2'.repeat(20)}`],
  ['a JSON Web Token', `eyJhbGciOiJSUzI1NiJ9.${'ab12'.repeat(8)}.${'cd34'.repeat(8)}`],
  ['a private key', privateKey],
])('%s never reaches the log', (_, secret) => {
  const { log, text, lines } = useLog()
  log.with({ token: secret, note: secret }).error(`failed with ${secret}`, everywhere(secret))
  expect(lines).toHaveLength(1)
  expect(JSON.parse(text())).toMatchObject({ level: 'error', token: '[redacted]' })
  for (const part of secret
    .trim()
    .split('\n')
    .filter((line) => !line.startsWith('-----')))
    expect(text()).not.toContain(part)
})

test('secrets of the settings never reach the log, however they are spelled', () => {
  const secret = 'p"4 ss\\word&'
  const { log, text } = useLog([secret])
  log.info('x', {
    ...everywhere(secret),
    url: `https://h/?q=${encodeURIComponent(secret)}`,
    encoded: Buffer.from(secret).toString('base64'),
  })
  expect(text()).not.toMatch(/4 ss|ss%5Cword|cCI0IHNz/)
  expect(() => JSON.parse(text()) as unknown).not.toThrow()
})

test('a value that is hidden later is hidden from then on', () => {
  const { log, redaction, text } = useLog()
  redaction.hide('opaque-of-somebody')
  log.warn('x', everywhere('opaque-of-somebody'))
  expect(text()).not.toContain('opaque')
})

test('passwords in URLs and headers are taken out, and the rest of the line stays', () => {
  const { log, text } = useLog()
  log.info('fetch', {
    url: 'https://x-access-token:hunter22@github.com/acme/fleet.git',
    line: 'authorization: Basic aHVudGVyMjI6aHVudGVyMjI=',
    headers: { Authorization: 'hunter22', accept: 'json' },
  })
  expect(JSON.parse(text())).toMatchObject({
    url: 'https://[redacted]@github.com/acme/fleet.git',
    line: 'authorization: Basic [redacted]',
    headers: { Authorization: '[redacted]', accept: 'json' },
  })
})

test('errors are told in full, and values that are no JSON do no harm', () => {
  const { log, lines } = useLog()
  const cycle: Record<string, unknown> = { id: 5n }
  cycle['self'] = cycle
  log.error('failed', { error: new AggregateError([new TypeError('one')], 'both'), cycle, run: () => 1 })
  expect(JSON.parse(lines[0] ?? '')).toMatchObject({
    error: { type: 'AggregateError', message: 'both', errors: [{ type: 'TypeError', message: 'one' }] },
    cycle: { id: '5' },
  })
})
