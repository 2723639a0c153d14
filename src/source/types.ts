import type { SourceFile } from '../diagnostics/types.ts'
import type { JsonObject } from '../engine/types.ts'

/** Which state of the repository is compiled. */
export interface Revision {
  /** Full commit id; absent for a folder. */
  readonly commit?: string
  /** Commit time, ISO 8601 UTC with seconds; absent for a folder. */
  readonly committedAt?: string
  readonly author?: { readonly name: string; readonly email: string }
  /** Files that were read as an earlier commit had them, since those of this one cannot be read: commit by path. */
  readonly former?: Readonly<Record<string, string>>
}

/** One YAML document of the repository with its positions. `value` is Kubernetes' reading, from the engine. */
export interface SourceDocument {
  readonly file: SourceFile
  /** UTF-16 offsets of the document in `file.text`. */
  readonly start: number
  readonly end: number
  readonly value: JsonObject
  /** The same as exact JSON text; use it wherever numbers may exceed 53 bits. */
  readonly json: string
  /** Set for an item of a `List`: the document that holds it, and where. Positions go through `locate`. */
  readonly within?: { readonly document: SourceDocument; readonly path: DocumentPath }
  /** Its folder has a kustomization, so that the same object may well be there twice (base and overlay). */
  readonly inKustomization?: true
}

/** Keys and indices from the root of a document to a value. */
export type DocumentPath = readonly (string | number)[]

/** What one commit or folder holds, as far as intent is concerned. */
export interface Repository {
  readonly revision: Revision
  /** Every YAML document that counts, sorted by path and position. */
  readonly documents: readonly SourceDocument[]
  /** Every file path, sorted, charts and kustomizations included; for sources and did-you-mean. */
  readonly paths: readonly string[]
  /** sha256 over sorted paths and content ids, hex: equal for a commit and a folder with the same files. */
  readonly digest: string
}
