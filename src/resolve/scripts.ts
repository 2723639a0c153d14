import { createHash } from 'node:crypto'
import { createCel } from '../cel/cel.ts'
import type { Cel } from '../cel/types.ts'
import type { Report } from '../diagnostics/types.ts'
import { defaultLimits } from '../lua/lua.ts'
import type { LuaBudget, LuaInputs, LuaOutcome, LuaScript } from '../lua/types.ts'

/** What scripts of intent see of the world, and where their faults go. */
export interface Scripts {
  /** Wall clock that they see, milliseconds since the epoch: the compile's. */
  readonly clockMs: number
  /** Monotonic milliseconds, for time limits alone. */
  readonly elapsedMs: () => number
  readonly report: Report
  readonly cel: Cel
  /** What was evaluated in this compile, by what was asked and by its inputs: a thousand clusters share their objects. */
  readonly evaluated: Evaluated
  /** What scripts gave in compiles before this one; absent: nobody compiles again. */
  readonly outcomes?: Evaluated
}

/** By what was asked and by its inputs. */
export type Evaluated = Map<string, Map<string, unknown>>

export function createScripts(
  world: Pick<Scripts, 'clockMs' | 'elapsedMs' | 'report' | 'outcomes'>,
): Scripts {
  return { ...world, cel: createCel(), evaluated: new Map() }
}

/** Works something out once for equal questions and inputs; both together must say all that it depends on. */
export function once<T>(
  scripts: Pick<Scripts, 'evaluated'>,
  question: string,
  inputs: string,
  work: () => T,
): T {
  const answers = scripts.evaluated.get(question) ?? new Map<string, unknown>()
  scripts.evaluated.set(question, answers)
  if (answers.has(inputs)) return answers.get(inputs) as T
  const answer = work()
  answers.set(inputs, answer)
  return answer
}

/** One of the entry points of src/lua/lua.ts. */
type EntryPoint<T> = (script: LuaScript, inputs: LuaInputs, budget: LuaBudget) => LuaOutcome<T>

/**
 * Calls an entry point under the default budget, once for equal scripts and inputs. `text` stands for `inputs`: the JSON
 * that they were made of. Random numbers follow from script and inputs alone, so that they need no key.
 */
export function runLua<T>(
  scripts: Scripts,
  entryPoint: EntryPoint<T>,
  script: LuaScript,
  inputs: { readonly text: string; readonly inputs: () => LuaInputs },
): LuaOutcome<T> {
  const question = `${entryPoint.name}\0${script.libraries}\0${script.prelude ?? ''}\0${script.text}`
  return once(scripts, question, inputs.text, () => {
    const digest = createHash('sha256').update(`${script.text}\0${inputs.text}`).digest()
    const { clockMs, elapsedMs, outcomes = new Map() as Evaluated } = scripts
    const budget = { ...defaultLimits, clockMs, elapsedMs, seed: digest.readUInt32BE() }
    // By digest: whole inputs would keep the objects of every cluster in memory until the last compile.
    return once({ evaluated: outcomes }, `${clockMs}\0${question}`, digest.toString('base64'), () =>
      entryPoint(script, inputs.inputs(), budget),
    )
  })
}
