import { Buffer } from 'node:buffer'

/**
 * How bytes read inside any base64 text that contains them: at each of the three alignments, without the characters that
 * the neighbours decide.
 */
export function base64Spellings(bytes: Uint8Array): readonly string[] {
  return [0, 1, 2].map((shift) => {
    const encoded = Buffer.concat([Buffer.alloc(shift), bytes]).toString('base64')
    return encoded
      .slice(shift === 0 ? 0 : shift + 1)
      .replace(/=*$/, '')
      .slice(0, -2)
  })
}

/** What a value of `data` stands for; undefined where it is no base64, whatever it is then. */
export function tryBase64(text: string): Uint8Array | undefined {
  const compact = text.replace(/\s/g, '')
  return compact.length % 4 === 0 && /^[A-Za-z0-9+/]*={0,2}$/.test(compact)
    ? Buffer.from(compact, 'base64')
    : undefined
}
