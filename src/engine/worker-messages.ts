import type { Draws } from './instance.ts'
import type { World } from './wasi.ts'

/**
 * What a worker is started with; its first message is the module. One worker is one instance: when the instance dies, the
 * worker does.
 */
export interface WorkerStart {
  readonly softMemoryLimitBytes: number
}

/** Frames to be answered in order. The last one is the job; those before load and unload what it needs. */
export interface WorkerTask {
  readonly frames: readonly Uint8Array<ArrayBuffer>[]
  readonly world: World
}

export interface TaskAnswer {
  readonly responses: readonly Uint8Array<ArrayBuffer>[]
  /** What the last frame drew on. */
  readonly draws: Draws
}

/** After the module, the worker is sent lists of tasks, and answers all of a list at once. */
export type WorkerMessage =
  | { readonly kind: 'ready' }
  | { readonly kind: 'answered'; readonly answers: readonly TaskAnswer[]; readonly memoryBytes: number }
  | { readonly kind: 'died'; readonly reason: string; readonly stderr: string }
