import { createPublicKey, verify } from 'node:crypto'
import type { AppState } from './apps.ts'

/** The app that signed this token (RS256), or what GitHub says is wrong with it. */
export function readAppToken(
  token: string,
  apps: Iterable<AppState>,
  nowMs: number,
): { readonly app: AppState } | { readonly fault: string } {
  const [head = '', body = '', signature = ''] = token.split('.')
  const undecoded = { fault: 'A JSON web token could not be decoded' }
  const header = readPart(head)
  const claims = readPart(body)
  if (header === undefined || claims === undefined || header['alg'] !== 'RS256') return undecoded
  const { iss, iat, exp } = claims
  const app = [...apps].find(({ id, clientId }) => String(iss) === String(id) || iss === clientId)
  if (app === undefined) return { fault: "'Issuer' claim ('iss') must be an Integer" }
  const key = createPublicKey(app.privateKey)
  if (!verify('RSA-SHA256', Buffer.from(`${head}.${body}`), key, Buffer.from(signature, 'base64url')))
    return undecoded
  const now = Math.floor(nowMs / 1000)
  if (typeof iat !== 'number' || iat > now) {
    return {
      fault:
        "'Issued at' claim ('iat') must be an Integer representing the time that the assertion was issued",
    }
  }
  if (typeof exp !== 'number' || exp <= now) {
    return {
      fault:
        "'Expiration time' claim ('exp') must be a numeric value representing the future time at which the assertion expires",
    }
  }
  if (exp > now + 600) return { fault: "'Expiration time' claim ('exp') is too far in the future" }
  return { app }
}

function readPart(part: string): Readonly<Record<string, unknown>> | undefined {
  try {
    const value = JSON.parse(Buffer.from(part, 'base64url').toString()) as unknown
    return typeof value === 'object' && value !== null ? (value as Record<string, unknown>) : undefined
  } catch {
    return undefined
  }
}
