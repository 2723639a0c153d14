import { Buffer } from 'node:buffer'
import { gunzipSync } from 'node:zlib'
import { extract, type Header } from 'tar-stream'
import { maxChartBytes, maxPathLength, maxRatio, ratioFloorBytes } from './bounds.ts'
import { maxFileBytes, maxFiles, maxTreeBytes } from './source-remote-port.ts'
import type { RepositoryPath } from './linked-files.ts'
import { tryUnpackTree } from './packed-tree.ts'

/** What kind of content the bytes are meant to be. */
export interface Unpacking {
  /**
   * `chart`: a packaged Helm chart, whose one top folder is dropped as Helm drops it. `tree`: an archive of files.
   * `any`: an archive or one plain manifest.
   */
  readonly form: 'chart' | 'tree' | 'any'
  /** What to do with symbolic links; Flux leaves them out of artifacts. */
  readonly links: 'refuse' | 'leave-out'
  /** File name for a plain manifest. */
  readonly plainName?: string
}

/** Why bytes are not unpacked. `unsafe` is an attack or an accident of that shape, `malformed` a broken file. */
export class UnpackFault extends Error {
  readonly kind: 'unsafe' | 'malformed'

  constructor(kind: 'unsafe' | 'malformed', message: string) {
    super(message)
    this.kind = kind
  }
}

/** Bytes as downloaded → files by relative path. Nothing outside of memory is touched, no bound is exceeded. Throws UnpackFault. */
export async function unpack(
  bytes: Uint8Array,
  unpacking: Unpacking,
): Promise<Map<RepositoryPath, Uint8Array>> {
  const limit = unpacking.form === 'chart' ? maxChartBytes : maxTreeBytes
  const packed = tryUnpackTree(bytes)
  if (packed !== undefined) return collect(packed, limit)
  const isCompressed = bytes[0] === 0x1f && bytes[1] === 0x8b
  const plain = isCompressed ? decompress(bytes, limit) : bytes
  if (isTar(plain)) return unpackTar(plain, unpacking, limit)
  if (unpacking.form !== 'any') {
    throw new UnpackFault('malformed', `it is ${isCompressed ? 'compressed, but ' : ''}no tar archive`)
  }
  return collect([[unpacking.plainName ?? 'content.yaml', plain]], limit)
}

/** Puts files together under the bounds of a source; the same checks whatever they came in. */
function collect(
  entries: Iterable<readonly [RepositoryPath, Uint8Array]>,
  limit: number,
): Map<RepositoryPath, Uint8Array> {
  const collection = new Collection(limit)
  for (const [path, content] of entries) collection.add(checkPath(path), content)
  return collection.files
}

class Collection {
  readonly files = new Map<RepositoryPath, Uint8Array>()
  readonly #limit: number
  #total = 0

  constructor(limit: number) {
    this.#limit = limit
  }

  /** Called before content is read as well as after: a header is not to be trusted. */
  check(path: RepositoryPath, sizeBytes: number): void {
    if (sizeBytes > maxFileBytes) {
      throw new UnpackFault(
        'unsafe',
        `\`${path}\` has ${inMiB(sizeBytes)}, files may have ${inMiB(maxFileBytes)}`,
      )
    }
    if (this.#total + sizeBytes > this.#limit) {
      throw new UnpackFault('unsafe', `unpacked it has more than ${inMiB(this.#limit)}`)
    }
    if (this.files.size >= maxFiles) throw new UnpackFault('unsafe', `it has more than ${maxFiles} files`)
  }

  add(path: RepositoryPath, content: Uint8Array): void {
    this.check(path, content.length)
    // Which one wins depends on the tool; what is reviewed must be what is rendered.
    if (this.files.has(path)) throw new UnpackFault('unsafe', `\`${path}\` is in it twice`)
    this.#total += content.length
    this.files.set(path, content)
  }
}

/** The bound is given to zlib itself, so that a bomb is never held in memory. */
function decompress(bytes: Uint8Array, limit: number): Uint8Array {
  // A tar archive has a header and padding of its own for each file.
  const byRatio = Math.max(ratioFloorBytes, bytes.length * maxRatio)
  const maxOutputLength = Math.min(limit + maxFiles * 1024, byRatio)
  try {
    return gunzipSync(bytes, { maxOutputLength })
  } catch (error) {
    if (error instanceof RangeError) {
      throw new UnpackFault(
        'unsafe',
        maxOutputLength === byRatio
          ? `it unpacks to more than ${maxRatio} times its size`
          : `unpacked it has more than ${inMiB(limit)}`,
      )
    }
    throw new UnpackFault('malformed', 'its gzip data are damaged or cut off')
  }
}

/** `ustar` at 257; older archives have only a checksum over the header. */
function isTar(bytes: Uint8Array): boolean {
  if (bytes.length < 512) return false
  if (Buffer.from(bytes.subarray(257, 262)).toString('latin1') === 'ustar') return true
  const header = bytes.subarray(0, 512)
  const written = Number.parseInt(
    Buffer.from(header.subarray(148, 156))
      .toString('latin1')
      .replace(/[\0 ]+/g, ' ')
      .trim(),
    8,
  )
  let sum = 8 * 32
  for (const [index, byte] of header.entries()) if (index < 148 || index >= 156) sum += byte
  return header[0] !== 0 && written === sum
}

async function unpackTar(
  bytes: Uint8Array,
  unpacking: Unpacking,
  limit: number,
): Promise<Map<RepositoryPath, Uint8Array>> {
  const collection = new Collection(limit)
  const archive = extract()
  archive.end(bytes)
  try {
    for await (const entry of archive) {
      const path = pathOf(entry.header, unpacking)
      if (path !== undefined) collection.check(path, entry.header.size)
      const chunks: Uint8Array[] = []
      for await (const chunk of entry) chunks.push(chunk as Uint8Array)
      if (path === undefined) continue
      const content =
        entry.header.type === 'link'
          ? linkedContent(entry.header, collection)
          : withoutByteOrderMark(Buffer.concat(chunks), unpacking)
      collection.add(path, content)
    }
  } catch (error) {
    if (error instanceof UnpackFault) throw error
    throw new UnpackFault('malformed', 'its tar data are damaged or cut off')
  }
  if (unpacking.form === 'chart' && !collection.files.has('Chart.yaml')) {
    throw new UnpackFault('malformed', 'it holds no Chart.yaml in its top folder')
  }
  return collection.files
}

/** GNU tar writes files with two names so: a copy of what came before, and nothing of the machine. */
function linkedContent({ name, linkname }: Header, { files }: Collection): Uint8Array {
  const content = files.get(checkPath(linkname))
  if (content === undefined)
    throw new UnpackFault('unsafe', `\`${name}\` is a hard link to something outside of the archive`)
  return content
}

/** Path of an entry that counts; undefined for folders and what is left out. */
function pathOf({ type, name, size }: Header, { form, links }: Unpacking): RepositoryPath | undefined {
  switch (type) {
    case 'directory':
      return undefined
    case 'symlink':
      if (links === 'leave-out') return undefined
      throw new UnpackFault('unsafe', `\`${name}\` is a symbolic link`)
    case 'link':
      if (form === 'chart') throw new UnpackFault('unsafe', `\`${name}\` is a hard link`)
      break
    case 'character-device':
    case 'block-device':
    case 'fifo':
      throw new UnpackFault('unsafe', `\`${name}\` is a device or pipe`)
    case 'file':
    case 'contiguous-file':
      break
    default:
      throw new UnpackFault('unsafe', `\`${name}\` is neither file nor folder`)
  }
  // Archives made on Windows, as Helm takes them.
  const path = checkPath(form === 'chart' && !name.includes('/') ? name.replaceAll('\\', '/') : name)
  // macOS' resource forks, and PaxHeader files of tools that do not know them: Sveltos leaves both out.
  const base = path.slice(path.lastIndexOf('/') + 1)
  if (form !== 'chart' && (base.startsWith('._') || /(?:^|\/)PaxHeaders?(?:\.|\/|$)/.test(path)))
    return undefined
  if (form !== 'chart') return path
  const slash = path.indexOf('/')
  if (slash < 0) {
    if (size === 0) return undefined
    throw new UnpackFault('malformed', `\`${path}\` lies outside of the chart's folder`)
  }
  return path.slice(slash + 1)
}

/** Relative, inside, and one spelling only. */
function checkPath(name: string): RepositoryPath {
  const refuse = (what: string): never => {
    throw new UnpackFault('unsafe', `\`${name.slice(0, 200)}\` ${what}`)
  }
  if (name.length > maxPathLength) refuse('is too long a path')
  if (name.startsWith('/') || /^[A-Za-z]:[\\/]/.test(name)) refuse('is an absolute path')
  if (name.includes('\0')) refuse('holds a NUL')
  const segments = name.split('/').filter((segment) => segment !== '' && segment !== '.')
  if (segments.includes('..')) refuse('leads out of the archive')
  if (segments.length === 0) refuse('is an empty path')
  return segments.join('/')
}

/** Helm takes the mark off every file of a chart archive. */
function withoutByteOrderMark(content: Uint8Array, { form }: Unpacking): Uint8Array {
  const marked = content[0] === 0xef && content[1] === 0xbb && content[2] === 0xbf
  return form === 'chart' && marked ? content.subarray(3) : content
}

function inMiB(sizeBytes: number): string {
  return `${(sizeBytes / 1024 / 1024).toFixed(0)} MiB`
}
