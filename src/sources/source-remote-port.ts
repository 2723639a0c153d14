import { EnvironmentError } from '../diagnostics/errors.ts'
import type { SourceReference } from '../resolve/types.ts'

/** A source that lies outside of the repository. */
export type RemoteReference = Exclude<SourceReference, { type: 'repository' | 'archive' }>

/** What a Secret of the management cluster grants; sent to the host of the reference and to no other. */
export interface Access {
  readonly username?: string
  readonly password?: string
  /** Bearer token. */
  readonly token?: string
  /** Text of a docker `config.json`. */
  readonly dockerConfig?: string
  /** PEM texts. */
  readonly ca?: string
  readonly clientCertificate?: string
  readonly clientKey?: string
  readonly sshIdentity?: string
  readonly sshKnownHosts?: string
}

/** One thing that a remote has: a version of a chart, a tag, a Git ref. */
export interface Offer {
  /** Version, tag or full ref name, as published; empty where there is only one thing to have. */
  readonly name: string
  /** Git commit, digest of an OCI manifest, digest of a bucket's listing, where known. */
  readonly revision?: string
  /** `sha256:…` that the publisher promises for the bytes. */
  readonly digest?: string
  /** Absolute; tried in order. */
  readonly urls: readonly string[]
}

/** One entry of a tree that came without an archive. */
export interface RemoteEntry {
  readonly path: string
  readonly type: 'file' | 'symlink'
  /** Content, or the target of a symlink. */
  readonly bytes: Uint8Array
}

export interface Download {
  readonly revision?: string
  /** Where it came from, without credentials. */
  readonly url: string
  readonly content:
    | { readonly type: 'bytes'; readonly bytes: Uint8Array }
    /** Layers of an OCI artifact, in order. */
    | { readonly type: 'layers'; readonly layers: readonly Uint8Array[] }
    | {
        readonly type: 'entries'
        readonly entries: readonly RemoteEntry[]
        /** Paths of files above the bound of one file, which were not read. */
        readonly leftOut: readonly string[]
      }
}

export interface DownloadOptions {
  readonly access: Access
  readonly onBytes?: (receivedBytes: number, totalBytes: number | undefined) => void
}

/** Where charts and other sources are published. Safe to call concurrently; retries what is worth it by itself. */
export interface SourceRemote {
  /** What there is to choose from, in no order. Throws SourceFailure. */
  list(reference: RemoteReference, access: Access): Promise<readonly Offer[]>
  /**
   * Bytes of one offer. An offer with a revision gives that revision or throws SourceFailure `moved`;
   * bytes that break the publisher's own promise throw `wrong-digest`.
   */
  download(reference: RemoteReference, offer: Offer, options: DownloadOptions): Promise<Download>
  /** Ends open connections. */
  close(): Promise<void>
}

/** Why a remote could not serve, by what the protocol said, never by matching text. */
export type FailureReason =
  | 'unauthorized' // no credentials, or refused ones
  | 'forbidden' // credentials that may not do this
  | 'not-found'
  | 'rate-limited'
  | 'server-error'
  | 'stalled' // no byte for too long, or the deadline passed
  | 'truncated' // fewer bytes than announced
  | 'unreachable' // no connection
  | 'tls' // certificate not trusted
  | 'refused-host' // our own guard
  | 'wrong-digest' // bytes differ from what the publisher's index or manifest says
  | 'moved' // the pinned revision is not what the name means any more
  | 'too-large'
  | 'malformed' // an answer that is not what the protocol says
  | 'unsupported'

/** A remote that could not serve one source: that source's units are held, the rest goes on. */
export class SourceFailure extends EnvironmentError {
  readonly reason: FailureReason

  constructor(details: {
    reason: FailureReason
    operation: string
    message: string
    hint?: string
    retryable?: boolean
    cause?: unknown
  }) {
    super({ adapter: 'charts', retryable: false, ...details })
    this.reason = details.reason
  }
}

// Limits that a remote keeps while it downloads. Far above what real sources need, far below what hurts a runner with 2 GiB.

const mebibyte = 1024 * 1024

/** Archive as downloaded. The largest public charts are below 10 MiB. */
export const maxDownloadBytes = 128 * mebibyte

/** All files of any other source, unpacked: a repository of manifests, not of media. */
export const maxTreeBytes = 256 * mebibyte

/** One file. A values file of 50 MB is still allowed. */
export const maxFileBytes = 64 * mebibyte

/** Files of one source. Charts with 2,000 files and monorepos with 30,000 exist. */
export const maxFiles = 50_000

/** Index of a Helm repository: the largest public ones are about 25 MiB. */
export const maxIndexBytes = 96 * mebibyte

/** Answers of registries and token servers that are JSON. The OCI specification asks for at least 4 MiB. */
export const maxDocumentBytes = 8 * mebibyte
