/** Any JSON value. Numbers are doubles, as they are in Lua. */
export type LuaJson =
  null | boolean | number | string | readonly LuaJson[] | { readonly [key: string]: LuaJson }

/** A script of intent and how it is called. */
export interface LuaScript {
  readonly text: string
  /** Lines put before the script (Sveltos' `--lua-methods`); positions stay those of the script. */
  readonly prelude?: string
  /**
   * Whether `require` knows json, strings, runes and sprig, and the globals base64Encode, getLabel … exist: template-Lua,
   * validateHealths and ManagementClusterClassifier have them, the agent's scripts have not (sveltos.md 3.2).
   */
  readonly libraries: boolean
}

export interface LuaInputs {
  /** Set after the chunk is loaded and before `evaluate` is called (sveltos.md 13.3). */
  readonly globals: Readonly<Record<string, LuaJson>>
  /** First argument of `evaluate`: one of the globals, the very same table, or a value of its own. */
  readonly argument?: { readonly global: string } | { readonly value: LuaJson }
}

/** What one evaluation may use, and its window on the world. */
export interface LuaBudget {
  /** Virtual machine instructions, and work of library functions counted alike. */
  readonly instructions: number
  /** Bytes of strings, tables and functions made in one evaluation, freed or not: what is alive is never more. */
  readonly memoryBytes: number
  readonly wallMs: number
  /** Monotonic milliseconds, for `wallMs` alone; nothing that a script sees comes from it. */
  readonly elapsedMs: () => number
  /** What `os.time` and `os.date` say, milliseconds since the epoch. */
  readonly clockMs: number
  /** Seed of `math.random`, `sprig.randInt` and `sprig.shuffle`: the same seed gives the same numbers. */
  readonly seed: number
}

export interface LuaFault {
  readonly kind:
    | 'syntax'
    | 'runtime'
    | 'limit' // instructions, memory or time; `message` says which
    | 'result' // what `evaluate` returned has not the form that its entry point asks for
  readonly message: string
  /** 1-based line of the script. */
  readonly line?: number
}

/** What a script drew on besides its inputs. */
export interface LuaImpurity {
  readonly random: number
  readonly clock: number
}

/** Never an exception for a user's script. */
export type LuaOutcome<T> =
  | { readonly ok: true; readonly value: T; readonly impure?: LuaImpurity }
  | { readonly ok: false; readonly fault: LuaFault }
