import { Buffer } from 'node:buffer'

// Lua's strings are bytes. In TypeScript they are binary texts: one character a byte, so that positions are Lua's.
// Functions that mean characters (those of Go's strings and unicode packages) turn them into real text first.

export function fromBytes(bytes: Uint8Array): string {
  return Buffer.from(bytes.buffer, bytes.byteOffset, bytes.length).toString('latin1')
}

export function toBytes(binary: string): Uint8Array {
  return new Uint8Array(Buffer.from(binary, 'latin1'))
}

/** Bytes that are no UTF-8 become U+FFFD, as Go's JSON encoder makes them. */
export function toText(binary: string): string {
  return /^[\x00-\x7f]*$/.test(binary) ? binary : Buffer.from(binary, 'latin1').toString('utf8')
}

export function toBinary(text: string): string {
  return /^[\x00-\x7f]*$/.test(text) ? text : Buffer.from(text, 'utf8').toString('latin1')
}

export function isUtf8(binary: string): boolean {
  return toBinary(toText(binary)) === binary
}
