import { createHash } from 'node:crypto'
import { readFile } from 'node:fs/promises'
import { promisify } from 'node:util'
import { brotliDecompress } from 'node:zlib'
import { EnvironmentError, InternalError } from '../diagnostics/errors.ts'

export const PAGE_BYTES = 65_536

const HINT = 'reinstall fleetwright, or build the engine with `npm run build:engine`'

/** Room for the module: unpacked in one piece, it needs the main thread once, and is not put together from thousands. */
const UNPACKED_BYTES = 48 * 1024 * 1024

const MEMORY_SECTION = 5
const MAGIC_AND_VERSION_BYTES = 8

export interface EngineModule {
  readonly module: WebAssembly.Module
  /** sha256 of the module as it was built, hex. */
  readonly digest: string
}

/** Digest of the packed engine of this package as it was recorded when it was built; undefined where that is not there. */
export async function readRecordedDigest(): Promise<string | undefined> {
  const text = await readFile(new URL('../../engine/engine.sha256', import.meta.url), 'utf8').catch(() => '')
  return /^[0-9a-f]{64}$/.test(text.trim()) ? text.trim() : undefined
}

/** Reads and compiles the packed engine; its memory can grow to `memoryLimitBytes` and no further. */
export async function readModule(path: string | URL, memoryLimitBytes: number): Promise<EngineModule> {
  const packed = await readFile(path).catch((cause: unknown) => {
    throw new EnvironmentError({
      adapter: 'engine',
      operation: `read ${String(path)}`,
      message: 'the engine is not there: its file cannot be read',
      retryable: false,
      hint: HINT,
      cause,
    })
  })
  const built = await promisify(brotliDecompress)(packed, { chunkSize: UNPACKED_BYTES }).catch((cause: unknown) => {
    throw new EnvironmentError({
      adapter: 'engine',
      operation: `unpack ${String(path)}`,
      message: 'the engine is damaged: its file cannot be unpacked',
      retryable: false,
      hint: HINT,
      cause,
    })
  })
  // Compiled on other threads, while this one computes the hash.
  const compiling = WebAssembly.compile(withMemoryLimit(built, memoryLimitBytes))
  const digest = createHash('sha256').update(built).digest('hex')
  return { module: await compiling, digest }
}

/**
 * The module with a maximum in its memory section, which Go leaves open: the one way to bound a memory that the instance
 * makes by itself. When it cannot grow, Go ends the instance with "out of memory".
 */
export function withMemoryLimit(module: Uint8Array, limitBytes: number): Uint8Array<ArrayBuffer> {
  let offset = MAGIC_AND_VERSION_BYTES
  while (offset < module.length) {
    const size = readLeb(module, offset + 1)
    if (module[offset] === MEMORY_SECTION) {
      const flags = module[size.end + 1]
      const minimum = readLeb(module, size.end + 2)
      if (module[size.end] !== 1 || flags === undefined || flags > 1) break
      const maximum = Math.max(minimum.value, Math.floor(limitBytes / PAGE_BYTES))
      const body = [1, 1, ...toLeb(minimum.value), ...toLeb(maximum)]
      const section = [MEMORY_SECTION, ...toLeb(body.length), ...body]
      const rest = module.subarray(size.end + size.value)
      const limited = new Uint8Array(offset + section.length + rest.length)
      limited.set(module.subarray(0, offset))
      limited.set(section, offset)
      limited.set(rest, offset + section.length)
      return limited
    }
    offset = size.end + size.value
  }
  throw new InternalError('the engine is no WebAssembly module with one memory of its own')
}

function readLeb(bytes: Uint8Array, start: number): { value: number; end: number } {
  let value = 0
  for (let end = start, shift = 0; end < bytes.length; end++, shift += 7) {
    const byte = bytes[end] ?? 0
    value += (byte & 0x7f) * 2 ** shift
    if (byte < 0x80) return { value, end: end + 1 }
  }
  throw new InternalError('the engine is cut off')
}

function toLeb(value: number): number[] {
  const bytes: number[] = []
  for (; value >= 0x80; value = Math.floor(value / 0x80)) bytes.push((value % 0x80) | 0x80)
  return [...bytes, value]
}
