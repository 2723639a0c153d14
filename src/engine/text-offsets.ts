import { Buffer } from 'node:buffer'

/**
 * Turns ascending byte offsets into the UTF-8 form of a text into offsets of UTF-16 units, which is what strings of
 * JavaScript count in.
 */
export function toUtf16Offsets(text: string, byteOffsets: readonly number[]): number[] {
  const bytes = Buffer.from(text)
  if (bytes.length === text.length) return [...byteOffsets]
  let byte = 0
  let unit = 0
  return byteOffsets.map((offset) => {
    for (; byte < offset; byte++) unit += unitsOf(bytes[byte] ?? 0)
    return unit
  })
}

/** A character counts at its first byte: beyond the basic plane (four bytes) it takes two units. */
function unitsOf(byte: number): number {
  if ((byte & 0xc0) === 0x80) return 0
  return byte >= 0xf0 ? 2 : 1
}
