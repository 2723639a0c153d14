import { existsSync, statSync } from 'node:fs'
import { createEngine } from '../../src/engine/engine.ts'
import type { EngineOptions } from '../../src/engine/engine.ts'
import type { Engine } from '../../src/engine/types.ts'

/** The engine under test: one that `engine/build.sh --fast` made after the committed one, else the committed one. */
export function engineFile(): URL {
  const committed = new URL('../../engine/engine.wasm.br', import.meta.url)
  const fast = new URL('../../engine/.build/engine.wasm.br', import.meta.url)
  if (!existsSync(fast)) return committed
  return !existsSync(committed) || statSync(fast).mtimeMs > statSync(committed).mtimeMs ? fast : committed
}

export function createTestEngine(options: Partial<EngineOptions> = {}): Promise<Engine> {
  return createEngine({ workers: 1, wasmPath: engineFile(), ...options })
}
