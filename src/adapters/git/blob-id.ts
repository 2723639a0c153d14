import { createHash } from 'node:crypto'

/** The id that Git gives a file's bytes (sha1 repositories). */
export function blobId(bytes: Uint8Array): string {
  return createHash('sha1').update(`blob ${bytes.length}\0`).update(bytes).digest('hex')
}
