import type { Report, SourceFile } from '../diagnostics/types.ts'
import { fileTooLarge, notUtf8 } from './diagnostics.ts'

/** Largest YAML file that is read as intent. 10,000 profiles with inline values take about a third of it. */
export const largestFileBytes = 32 * 1024 * 1024

/**
 * The UTF-8 text of a file, without its byte order mark. Undefined where it is too large or not UTF-8, which is reported.
 */
export function readText(path: string, bytes: Uint8Array, report: Report): SourceFile | undefined {
  if (bytes.length > largestFileBytes) {
    report(fileTooLarge({ path, text: '' }, bytes.length, largestFileBytes))
    return undefined
  }
  try {
    return { path, text: new TextDecoder('utf-8', { fatal: true }).decode(bytes) }
  } catch {
    const text = new TextDecoder('utf-8').decode(bytes)
    const start = wideEncoding(bytes) === undefined ? firstBadOffset(bytes, text) : 0
    report(notUtf8({ file: { path, text }, start, end: start + 1 }, wideEncoding(bytes)))
    return undefined
  }
}

function wideEncoding(bytes: Uint8Array): string | undefined {
  const [first, second] = bytes
  if (first === 0xff && second === 0xfe) return 'UTF-16 (little endian)'
  if (first === 0xfe && second === 0xff) return 'UTF-16 (big endian)'
  return undefined
}

/** A replacement character that the file itself does not spell marks the first byte that could not be read. */
function firstBadOffset(bytes: Uint8Array, text: string): number {
  const decoder = new TextDecoder('utf-8', { fatal: true })
  for (let at = text.indexOf('\ufffd'); at >= 0; at = text.indexOf('\ufffd', at + 1)) {
    const before = new TextEncoder().encode(text.slice(0, at))
    const start = before.length + (bytes[0] === 0xef && bytes[1] === 0xbb && bytes[2] === 0xbf ? 3 : 0)
    try {
      decoder.decode(bytes.subarray(start, start + 3))
    } catch {
      return at
    }
  }
  return 0
}
