import { expect, test } from 'vitest'
import { hasSecretToken, secretToken } from '../../src/secrets/token.ts'

const token = secretToken('monitoring', 'grafana', 'admin-password')
const title = token.replace(/\b[a-z]/g, (letter) => letter.toUpperCase())

test.each([token, token.toUpperCase(), title])('%s is found, plain and in base64', (text) => {
  expect(hasSecretToken(`password: ${text}\n`)).toBe(true)
  for (const before of ['', 'a', 'ab'])
    expect(hasSecretToken(Buffer.from(`${before}${text}`).toString('base64'))).toBe(true)
})

test('other texts in such brackets are none', () => {
  expect(hasSecretToken('⟦a note⟧ about secret-value fields')).toBe(false)
})
