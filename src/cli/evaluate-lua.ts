import { createHmac } from 'node:crypto'
import type { EngineFault } from '../engine/types.ts'
import { defaultLimits, evaluateTemplate } from '../lua/lua.ts'
import type { LuaFault, LuaJson } from '../lua/types.ts'
import type { EvaluateLua } from '../render/render.ts'

interface LuaWorld {
  /** `FLEETWRIGHT_KEY`: with it, a script's random numbers follow from its inputs (decision 5). */
  readonly key?: Uint8Array
  /** ISO 8601 UTC that scripts see as the present. */
  readonly now: string
  /** Monotonic, for the time limit alone. */
  readonly elapsedMs: () => number
}

/** The Lua stage as the render stage calls it: resources by identifier in, YAML text out. */
export function createLuaEvaluator({ key, now, elapsedMs }: LuaWorld): EvaluateLua {
  const clockMs = Date.parse(now)
  return (script, resources) => {
    const seed = createHmac('sha256', key ?? '')
      .update(`${script}\0${resources}`)
      .digest()
      .readUInt32BE()
    const value = (JSON.parse(resources) ?? {}) as LuaJson
    const outcome = evaluateTemplate(
      { text: script, libraries: true },
      { globals: { resources: value }, argument: { global: 'resources' } },
      { ...defaultLimits, elapsedMs, clockMs, seed },
    )
    return outcome.ok ? outcome : { ok: false, fault: toEngineFault(outcome.fault) }
  }
}

function toEngineFault({ kind, message, line }: LuaFault): EngineFault {
  return {
    kind: kind === 'limit' ? 'limit' : 'template',
    message,
    ...(line !== undefined && { line }),
  }
}
