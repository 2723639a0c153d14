/**
 * The seam between Go and TypeScript, this side; engine/protocol.go is the other one.
 *
 *  1. A frame is: length of the header (u32, little endian) | header (JSON, UTF-8) | blobs, one after another, no padding.
 *  2. A request's header is {operation, payload, blobs: [length…], resend?, forget?}; payloads are the structs of package wire.
 *  3. A response's header is {result, objects or fault, blobs: [length…]}; a payload names a blob by its index.
 *  4. An object's text crosses once in an instance's life, later its digest alone: `forget` and `resend` have it sent again.
 *  5. `hello` comes first and answers the versions; a host refuses a protocol number that is not its own.
 */
import { Buffer, isAscii } from 'node:buffer'
import { InternalError, assert } from '../diagnostics/errors.ts'
import type { EngineFault, EngineObject } from './types.ts'

/** Equal to protocolVersion of engine/protocol.go. */
export const PROTOCOL_VERSION = 1

const HEADER_LENGTH_BYTES = 4

/** Index into the blobs of a frame. */
export type Blob = number

/** What to do and with what; the payload's shape is the struct of that name in engine/wire/wire.go. */
export interface Request {
  readonly operation: string
  readonly payload: unknown
  /** Texts are sent as UTF-8. */
  readonly blobs: readonly (string | Uint8Array)[]
  /** Have the text of every object sent, whatever was sent before. */
  readonly resend?: boolean
  /** Digests of texts that this side dropped. */
  readonly forget?: readonly string[]
}

/** An object as it crosses: `text` is a blob, absent when this side holds the text of that digest already. */
export type SentObject = Omit<EngineObject, 'text'> & { readonly text?: Blob }

export interface Response {
  readonly fault?: EngineFault
  readonly result?: unknown
  readonly objects?: readonly SentObject[]
  /** The text of a blob of this response. */
  readonly text: (blob: Blob) => string
}

/** The frame of a request, in a buffer of its own that can be transferred. */
export function encodeRequest(request: Request): Uint8Array<ArrayBuffer> {
  const lengths = request.blobs.map((blob) => (typeof blob === 'string' ? Buffer.byteLength(blob) : blob.length))
  const header = JSON.stringify({
    operation: request.operation,
    payload: request.payload,
    resend: request.resend,
    forget: request.forget,
    blobs: lengths,
  })
  const headerLength = Buffer.byteLength(header)
  let offset = HEADER_LENGTH_BYTES + headerLength
  const frame = Buffer.from(new ArrayBuffer(lengths.reduce((sum, length) => sum + length, offset)))
  frame.writeUInt32LE(headerLength, 0)
  frame.write(header, HEADER_LENGTH_BYTES)
  request.blobs.forEach((blob, index) => {
    if (typeof blob === 'string') frame.write(blob, offset)
    else frame.set(blob, offset)
    offset += lengths[index] ?? 0
  })
  return frame
}

interface ResponseHeader {
  readonly fault?: EngineFault
  readonly result?: unknown
  readonly objects?: readonly SentObject[]
  readonly blobs: readonly number[]
}

/** Reads a response frame. A frame that breaks the protocol is our bug, not the user's. */
export function decodeResponse(bytes: Uint8Array): Response {
  const frame = Buffer.from(bytes.buffer, bytes.byteOffset, bytes.byteLength)
  assert(frame.length >= HEADER_LENGTH_BYTES, 'response frame has no header length')
  const bodyStart = HEADER_LENGTH_BYTES + frame.readUInt32LE(0)
  assert(bodyStart <= frame.length, 'response frame is shorter than its header')
  const header = JSON.parse(toText(frame.subarray(HEADER_LENGTH_BYTES, bodyStart))) as ResponseHeader
  const ends: number[] = []
  let end = bodyStart
  for (const length of header.blobs) ends.push((end += length))
  assert(end === frame.length, 'response frame is not as long as its header says')
  const text = (blob: Blob): string => {
    const blobEnd = ends[blob]
    if (blobEnd === undefined) throw new InternalError(`response has no blob ${blob}`)
    return toText(frame.subarray(blob === 0 ? bodyStart : ends[blob - 1], blobEnd))
  }
  return { ...header, text }
}

/** Reading ASCII as Latin-1 gives strings of one byte a character, without the cost of decoding UTF-8. */
function toText(bytes: Buffer): string {
  return isAscii(bytes) ? bytes.toString('latin1') : bytes.toString('utf8')
}
