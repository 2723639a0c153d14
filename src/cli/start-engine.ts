import type { Engine } from '../engine/types.ts'
import type { Io } from './io.ts'
import type { Options } from './options.ts'

/** Most instances of the engine that are of use side by side; each takes about 100 MB. */
const mostWorkers = 4

/** How many instances this machine gets where nobody says. */
export function defaultWorkers({ cores }: Pick<Io, 'cores'>): number {
  return Math.min(cores, mostWorkers)
}

/** On threads of its own, while this one reads what is to be compiled. That it failed is said where it is waited for. */
export function startEngine({ concurrency }: Options, io: Io): Promise<Engine> {
  const engine = io.startEngine(concurrency ?? defaultWorkers(io))
  engine.catch(() => undefined)
  return engine
}
