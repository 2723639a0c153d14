import type { Pin } from './types.ts'

/** Downloads of earlier runs, by digest. Shared by concurrent processes. */
export interface SourceCache {
  /** Bytes with exactly this digest (`sha256:…`); a damaged entry counts as absent. Throws EnvironmentError when the cache cannot be read. */
  read(digest: string): Promise<Uint8Array | undefined>
  /** Keeps bytes; all or nothing. Throws EnvironmentError, with a hint when the disk is full. */
  write(digest: string, bytes: Uint8Array): Promise<void>
  /** What a key meant when it was last resolved on this machine, for runs without network. */
  recall(key: string): Promise<Pin | undefined>
  remember(key: string, pin: Pin): Promise<void>
}
