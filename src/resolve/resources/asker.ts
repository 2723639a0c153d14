import type { Holds } from '../../diagnostics/types.ts'
import type { Query } from '../../observe/types.ts'
import type { DocumentPath, SourceDocument } from '../../source/types.ts'
import type { Knowledge } from '../knowledge.ts'
import type { Scripts } from '../scripts.ts'

/** Whose selector or script is evaluated, and where it was written. */
export interface Asker {
  /** `Classifier/calico`, `EventSource/services`. */
  readonly id: string
  readonly document: SourceDocument
  /** Of the selector inside the document, or of what holds the script. */
  readonly path: DocumentPath
  /** What it needs of the objects itself: `whole` when it collects them or has a script that sees all of them. */
  readonly keep: Exclude<Query['keep'], 'schema'>
  /**
   * Who runs its scripts in Sveltos (sveltos.md 3.2): the agent in the cluster, without libraries and with the global
   * `obj`; or a controller of the management cluster, with libraries and the argument alone.
   */
  readonly runner: 'agent' | 'controller'
  /** What the script of its selector was called where it was written; default `evaluate`, up to v0.20 `script`. */
  readonly scriptField?: string
  /** What stays as it is when a script of it fails; default `cluster`. */
  readonly holds?: Holds
}

/** What selecting stands on. */
export interface Selecting {
  readonly knowledge: Knowledge
  readonly scripts: Scripts
}
