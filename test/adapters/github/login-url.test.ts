import { expect, test } from 'vitest'
import { toLoginUrl } from '../../../src/adapters/github/login-url.ts'

test.each([
  ['https://api.github.com', 'https://github.com'],
  ['https://api.acme.ghe.com', 'https://acme.ghe.com'],
  ['https://github.acme.com/api/v3', 'https://github.acme.com'],
  ['https://github.acme.com:8443/api/v3/', 'https://github.acme.com:8443'],
  // Hosts that merely look like those of GitHub are as they are.
  ['https://api.github.com.evil.example', 'https://api.github.com.evil.example'],
  ['https://api.example.com', 'https://api.example.com'],
  ['http://127.0.0.1:1234', 'http://127.0.0.1:1234'],
])('people sign in for %s at %s', (api, login) => {
  expect(toLoginUrl(api)).toBe(login)
})
