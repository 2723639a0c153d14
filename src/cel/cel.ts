import {
  CelScalar,
  celEnv,
  celFunc,
  celList,
  isCelError,
  listType,
  parse,
  plan,
  type CelEnv,
  type CelFunc,
  type CelList,
  type CelValue,
} from '@bufbuild/cel'
import { metered, steps, unknownName } from './expression.ts'
import { Meter } from './meter.ts'
import type { Cel, CelFault, CelOutcome, CelResource } from './types.ts'

export { inlineFields, type InlinedRule } from './inline-fields.ts'
export { toCelResource } from './values.ts'

/** Steps of one evaluation, about a second's worth: loops, text and lists looked at. Nobody's rule about one object comes near. */
const defaultSteps = 1_000_000

/** cel-go's own limit, in characters. */
const maxLength = 100_000

type Planned = (bindings: { resource: CelResource }) => CelValue | { readonly message: string }

/**
 * Rules of `evaluateCEL` as Sveltos evaluates them (sveltos.md 3.5): cel-go's standard library without extensions, one
 * variable `resource` of any type. The same rule and object give the same outcome, within a budget of steps.
 * @example createCel().evaluate('resource.kind == "Service"', toCelResource(json)) // { ok: true, value: true }
 */
export function createCel(limit = defaultSteps): Cel {
  const meter = new Meter(limit)
  // Most compiles have no rule, and an environment takes milliseconds.
  let built: { readonly env: CelEnv; readonly functions: ReadonlySet<string> } | undefined
  const compiled = new Map<string, Planned | CelFault>()
  const compileOnce = (rule: string): Planned | CelFault => {
    built ??= meteredEnvironment(meter)
    const known = compiled.get(rule) ?? compile(rule, built.env, built.functions)
    compiled.set(rule, known)
    return known
  }
  return {
    check(rule) {
      const result = compileOnce(rule)
      return typeof result === 'function' ? undefined : result
    },
    evaluate(rule, resource) {
      const planned = compileOnce(rule)
      if (typeof planned !== 'function') return { ok: false, fault: planned }
      meter.reset()
      const value = planned({ resource })
      // An `||` may have swallowed the error, and the rule has not been worked out all the same.
      if (meter.isExceeded)
        return { ok: false, fault: { kind: 'limit', message: `it takes more than ${limit} steps` } }
      return toOutcome(value)
    },
  }
}

function toOutcome(value: ReturnType<Planned>): CelOutcome {
  if (typeof value === 'boolean') return { ok: true, value }
  const message = isCelError(value) ? value.message : 'it gives no boolean'
  return { ok: false, fault: { kind: 'value', message } }
}

function compile(rule: string, env: CelEnv, functions: ReadonlySet<string>): Planned | CelFault {
  if (rule.length > maxLength) return { kind: 'syntax', message: `it is longer than ${maxLength} characters` }
  try {
    const { expr } = parse(rule)
    if (expr === undefined) return { kind: 'syntax', message: 'it is empty' }
    const name = unknownName(expr, functions)
    if (name !== undefined) return { kind: 'name', message: `there is no ${name}` }
    return plan(env, metered(expr))
  } catch (error) {
    if (error instanceof RangeError) return { kind: 'syntax', message: 'it is nested too deeply' }
    const message = error instanceof Error ? error.message : String(error)
    return { kind: 'syntax', message: message.replace(/^<input>:(\d+):(\d+): /, 'line $1, column $2: ') }
  }
}

/** The standard library with each function charged for what it looks at, and the functions of metered loops. */
function meteredEnvironment(meter: Meter): { readonly env: CelEnv; readonly functions: ReadonlySet<string> } {
  const { DYN, INT, BOOL } = CelScalar
  const arrays = new WeakMap<CelList, CelValue[]>()
  const loops = [
    celFunc(steps.tick, [INT], BOOL, (cost) => {
      meter.charge(Number(cost))
      return true
    }),
    celFunc(steps.walk, [DYN], DYN, (range) => {
      meter.chargeSize(range)
      return range
    }),
    celFunc(steps.list, [], listType(DYN), () => {
      const array: CelValue[] = []
      const list = celList(array)
      arrays.set(list, array)
      return list
    }),
    // Each list grows in its own loop alone: nobody sees it before it is complete.
    celFunc(steps.append, [listType(DYN), DYN], listType(DYN), (list, item) => {
      arrays.get(list)?.push(item)
      return list
    }),
  ]
  const standard = [...celEnv().funcs]
  const env = celEnv({ funcs: [...standard.map((func) => chargedFunction(func, meter)), ...loops] })
  return { env, functions: new Set(standard.map(({ name }) => name)) }
}

/** What these look at is not bounded by what they give: they pay first. */
const comparisons = new Set(['_==_', '_!=_', '@in'])

function chargedFunction(func: CelFunc, meter: Meter): CelFunc {
  return Object.create(func, {
    call: {
      value: (id: number, target: CelValue | undefined, args: CelValue[]) => {
        const [first] = args
        if (comparisons.has(func.name)) for (const value of args) meter.chargeDepth(value)
        else if (func.name === 'matches' && typeof target === 'string' && typeof first === 'string')
          meter.chargeMatch(target, first)
        const result = func.call(id, target, args)
        // Undefined: another overload is for these types.
        if (result !== undefined) for (const value of [target, ...args]) meter.chargeCall(value)
        return result
      },
    },
  }) as CelFunc
}
