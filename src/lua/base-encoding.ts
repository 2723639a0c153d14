import { Buffer } from 'node:buffer'

const alphabet = 'ABCDEFGHIJKLMNOPQRSTUVWXYZ234567'
type Decoded = string | { readonly problem: string }

/** Standard base64 with padding, as Go's StdEncoding reads it: newlines are skipped, anything else foreign is refused. */
export function decodeBase64(text: string): Decoded {
  const compact = text.replace(/[\r\n]/g, '')
  const wrong = /[^A-Za-z0-9+/=]|=[^=]/.exec(compact)
  if (wrong !== null) return { problem: `illegal base64 data at input byte ${wrong.index}` }
  const body = compact.replace(/=+$/, '')
  if (compact.length % 4 !== 0 || body.length % 4 === 1) {
    return {
      problem: `illegal base64 data at input byte ${Math.max(0, compact.length - (compact.length % 4))}`,
    }
  }
  return Buffer.from(compact, 'base64').toString('latin1')
}

export function encodeBase32(binary: string): string {
  let bits = ''
  for (const byte of binary) bits += byte.charCodeAt(0).toString(2).padStart(8, '0')
  const groups = bits.match(/.{1,5}/g) ?? []
  const text = groups.map((group) => alphabet.charAt(parseInt(group.padEnd(5, '0'), 2))).join('')
  return text.padEnd(Math.ceil(text.length / 8) * 8, '=')
}

export function decodeBase32(text: string): Decoded {
  const compact = text.replace(/[\r\n]/g, '')
  const body = compact.replace(/=+$/, '')
  const wrong = /[^A-Z2-7]/.exec(body)
  if (wrong !== null) return { problem: `illegal base32 data at input byte ${wrong.index}` }
  if (compact.length % 8 !== 0) return { problem: `illegal base32 data at input byte ${body.length}` }
  let bits = ''
  for (const letter of body) bits += alphabet.indexOf(letter).toString(2).padStart(5, '0')
  const bytes = bits.match(/.{8}/g) ?? []
  return bytes.map((byte) => String.fromCharCode(parseInt(byte, 2))).join('')
}
