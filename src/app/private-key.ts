import { Buffer } from 'node:buffer'
import { createPrivateKey, type KeyObject } from 'node:crypto'

/** Shortest modulus that counts as a key; those that GitHub makes have 2048 bits. */
const leastBits = 2048

/**
 * A private key as variables can carry it → PKCS#8 PEM; else what is wrong with it. Neither the key nor what the library
 * said of it is in the message.
 */
export function parsePrivateKey(written: string): { readonly pem: string } | { readonly fault: string } {
  const text = toPem(written)
  if (text === undefined)
    return { fault: 'is no PEM text, nor that in base64: it begins with `-----BEGIN RSA PRIVATE KEY-----`' }
  if (text.includes('ENCRYPTED')) return { fault: 'is locked with a passphrase; give it without one' }
  const key = tryKey(text)
  if (key === undefined) return { fault: 'holds no private key that can be read; was it cut off?' }
  if (key.asymmetricKeyType !== 'rsa')
    return { fault: `is a key of type ${key.asymmetricKeyType ?? 'unknown'}; keys of GitHub Apps are RSA` }
  const bits = key.asymmetricKeyDetails?.modulusLength ?? 0
  if (bits < leastBits) return { fault: `has ${bits} bits; keys of GitHub Apps have ${leastBits}` }
  return { pem: key.export({ type: 'pkcs8', format: 'pem' }).toString() }
}

function toPem(written: string): string | undefined {
  const candidates = [written, Buffer.from(written, 'base64').toString('utf8')]
  return candidates
    .map((text) => text.trim().replaceAll('\\n', '\n').replaceAll('\r', ''))
    .find((text) => text.startsWith('-----BEGIN '))
}

function tryKey(pem: string): KeyObject | undefined {
  try {
    return createPrivateKey(pem)
  } catch {
    return undefined
  }
}
