import { describe, expect, test } from 'vitest'
import { defaultLimits, evaluate, evaluateMatch, evaluateTemplate } from '../../src/lua/lua.ts'
import type { LuaBudget, LuaInputs, LuaJson, LuaOutcome } from '../../src/lua/types.ts'

const noInputs: LuaInputs = { globals: {} }

/** The wall limit is left wide: it guards users, the machine of a test run may be busy. */
const budget: LuaBudget = {
  ...defaultLimits,
  wallMs: 60_000,
  elapsedMs: () => performance.now(),
  clockMs: Date.UTC(2026, 0, 2, 3, 4, 5),
  seed: 7,
}

function run(text: string, inputs = noInputs, limits: Partial<LuaBudget> = {}): LuaOutcome<LuaJson> {
  return evaluate({ text, libraries: true }, inputs, { ...budget, ...limits })
}

/** What an expression gives, as the machine's own `tostring` shows it. */
function shown(expression: string): LuaJson {
  const outcome = run(`function evaluate() return { result = tostring(${expression}) } end`)
  return outcome.ok ? ((outcome.value as Record<string, LuaJson>)['result'] ?? null) : outcome.fault.message
}

describe('calling a script', () => {
  test('the result table comes back as JSON, whole numbers without a fraction', () => {
    const outcome = run(
      'function evaluate() return { a = 1, b = { 1, 2.5, "x" }, c = { d = true }, e = {} } end',
    )
    expect(outcome).toEqual({ ok: true, value: { a: 1, b: [1, 2.5, 'x'], c: { d: true }, e: {} } })
  })

  test('inputs are global and the first argument, which are the same table', () => {
    const inputs: LuaInputs = { globals: { obj: { kind: 'Pod' } }, argument: { global: 'obj' } }
    const outcome = run('function evaluate(o) return { same = o == obj, kind = o.kind } end', inputs)
    expect(outcome).toEqual({ ok: true, value: { same: true, kind: 'Pod' } })
  })

  test('inputs are not there while the chunk is loaded', () => {
    const inputs: LuaInputs = { globals: { obj: { kind: 'Pod' } } }
    expect(run('early = obj\nfunction evaluate() return { early = type(early) } end', inputs)).toEqual({
      ok: true,
      value: { early: 'nil' },
    })
  })

  test('nulls are left out, whole numbers and lists inside lists are kept', () => {
    const inputs: LuaInputs = { globals: { obj: { gone: null, list: [80, null, [443]], text: 'é' } } }
    expect(
      run(
        'function evaluate() return { n = #obj.list, list = obj.list, gone = type(obj.gone), text = obj.text } end',
        inputs,
      ),
    ).toEqual({
      ok: true,
      value: { n: 2, list: [80, [443]], gone: 'nil', text: 'é' },
    })
  })

  test('states are apart: what one script leaves behind the next does not see', () => {
    run('string.upper = nil\nleft = 1\nfunction evaluate() return {} end')
    expect(shown('left')).toBe('nil')
    expect(shown('("a"):upper()')).toBe('A')
  })
})

describe('faults', () => {
  test.each([
    ['syntax', 'function evaluate(\n  return {}\nend', 2],
    ['runtime', 'function evaluate()\n  local x\n  return x.y\nend', 3],
    ['runtime', 'function evaluate()\n  error("boom")\nend', 2],
    ['runtime', 'return nil + 1', 1],
    ['syntax', 'x = 1 // 2\nfunction evaluate() return {} end', 1],
    ['syntax', '\n\nx = 1 << 2', 3],
  ])('a %s error names its line: %j', (kind, script, line) => {
    const outcome = run(script)
    expect(outcome.ok ? undefined : outcome.fault).toMatchObject({ kind, line })
  })

  test('lines are those of the script when lines are put before it', () => {
    const script = {
      text: 'function evaluate()\n  return helper().x\nend',
      prelude: 'function helper()\n  return nil\nend',
      libraries: true,
    }
    const outcome = evaluate(script, noInputs, budget)
    expect(outcome.ok ? undefined : outcome.fault.line).toBe(2)
  })

  test.each([
    ['true', 'evaluate must return a table, it returned a boolean'],
    ['nil', 'evaluate must return a table, it returned a nil'],
    ['{ f = print }', 'a function has no JSON form'],
    ['{ x = 1/0 }', 'infinity and NaN have no JSON form'],
    ['_G', 'a table that contains itself has no JSON form'],
  ])('a result that has no form says so: %s', (result, message) => {
    expect(run(`function evaluate() return ${result} end`)).toEqual({
      ok: false,
      fault: { kind: 'result', message },
    })
  })

  test('a script without evaluate says so', () => {
    expect(run('x = 1')).toEqual({
      ok: false,
      fault: { kind: 'runtime', message: 'the script defines no function evaluate' },
    })
  })

  test('an entry point names the field that has the wrong type', () => {
    const script = { text: 'function evaluate() return { matching = "yes" } end', libraries: false }
    expect(evaluateMatch(script, noInputs, budget)).toEqual({
      ok: false,
      fault: { kind: 'result', message: 'matching must be true or false, it is a string' },
    })
    const template = { text: 'function evaluate() return { resources = { "a" } } end', libraries: true }
    expect(evaluateTemplate(template, noInputs, budget)).toEqual({
      ok: false,
      fault: { kind: 'result', message: 'resources must be a string, it is a list' },
    })
  })
})

describe('a hostile script ends within its budget', () => {
  test.each([
    ['an endless loop', 'while true do end'],
    [
      'an endless loop that catches what ends it',
      'while true do pcall(function() while true do end end) end',
    ],
    [
      'an endless loop in a coroutine',
      'local co = coroutine.wrap(function() while true do end end) while true do pcall(co) end',
    ],
    ['many short coroutines', 'while true do coroutine.wrap(function() for i = 1, 300 do end end)() end'],
    [
      'an error handler that goes on',
      'xpcall(function() while true do end end, function() while true do end end)',
    ],
    ['a string that doubles', 'local s = "x" while true do s = s .. s end'],
    ['a repeated string', 'return { s = string.rep("x", 1e9) }'],
    [
      'many references to a long string',
      'local t, s = {}, string.rep("x", 1e6) for i = 1, 1e5 do t[i] = s end return { s = table.concat(t) }',
    ],
    ['a table that grows', 'local t = {} while true do t[#t + 1] = {} end'],
    ['closures without end', 'local t = {} while true do t[#t + 1] = function() return t end end'],
    ['a pattern that backtracks', 'return { m = string.rep("a", 30000):find(".-.-.-.-.-b") }'],
    [
      'a substitution that calls back',
      'return { s = string.rep("a", 1e6):gsub(".", function() while true do end end) }',
    ],
    [
      'a sort that never agrees',
      'local t = {} for i = 1, 1e5 do t[i] = i end while true do table.sort(t, function() return true end) end',
    ],
    [
      'metatables in a circle',
      'local t = {} setmetatable(t, { __index = function(_, k) return t[k] end }) return t.x',
    ],
    ['deep recursion', 'local function f(n) return 1 + f(n + 1) end return f(1)'],
    ['deep recursion through pcall', 'local function f() return pcall(f) end f() return true'],
    [
      'a tower of parentheses',
      `return loadstring("return " .. string.rep("(", 1e5) .. "1" .. string.rep(")", 1e5))()`,
    ],
    [
      'a regular expression that backtracks elsewhere',
      'local s = require("sprig") while true do s.regexMatch("(a+)+$", string.rep("a", 1e5) .. "b") end',
    ],
  ])('%s', (_what, body) => {
    const outcome = run(`function evaluate() ${body} end`, noInputs, {
      instructions: 3_000_000,
      memoryBytes: 64 * 1024 * 1024,
    })
    expect(outcome.ok).toBe(false)
  })

  test('the clock that was handed in ends it too', () => {
    let now = 0
    const outcome = run('function evaluate() while true do end end', noInputs, {
      wallMs: 5,
      elapsedMs: () => (now += 1),
    })
    expect(outcome).toEqual({
      ok: false,
      fault: { kind: 'limit', message: 'the script used more than 5 ms' },
    })
  })

  test('the limit that it met is named', () => {
    const instructions = run('function evaluate() while true do end end', noInputs, { instructions: 5000 })
    expect(instructions).toEqual({
      ok: false,
      fault: { kind: 'limit', message: 'the script used more than 5000 instructions' },
    })
    const memory = run('function evaluate() local t = {} for i = 1, 1e6 do t[i] = {} end end', noInputs, {
      memoryBytes: 100_000,
    })
    expect(memory).toEqual({
      ok: false,
      fault: { kind: 'limit', message: 'the script used more than 100000 bytes of strings and tables' },
    })
  })
})

describe('a script reaches nothing outside', () => {
  test.each([
    'io',
    'package',
    'debug',
    'dofile',
    'loadfile',
    'utf8',
    'js',
    'os.execute',
    'os.remove',
    'os.exit',
    'string.dump',
  ])('%s is not there', (name) => {
    expect(shown(`type(${name})`)).toBe('nil')
  })

  test('os.getenv knows no variable', () => {
    expect(shown('os.getenv("PATH")')).toBe('nil')
  })

  test('compiled chunks are refused', () => {
    expect(shown('select(2, loadstring("\\27Lua"))')).toContain('attempt to load a binary chunk')
  })

  test('require knows the four libraries and no more, and none without them', () => {
    expect(shown('require("json") ~= nil')).toBe('true')
    expect(shown('require("socket")')).toContain(
      'module socket not found (there are json, strings, runes, sprig)',
    )
    const agent = evaluate({ text: 'require("json")', libraries: false }, noInputs, budget)
    expect(agent.ok).toBe(false)
  })

  test('keys of JavaScript objects are only names', () => {
    const inputs: LuaInputs = {
      globals: { obj: JSON.parse('{"__proto__": {"x": 1}, "constructor": "c"}') as LuaJson },
    }
    expect(
      run(
        'function evaluate() return { a = type(obj.toString), b = obj.constructor, c = type(obj.hasOwnProperty) } end',
        inputs,
      ),
    ).toEqual({
      ok: true,
      value: { a: 'nil', b: 'c', c: 'nil' },
    })
  })

  test('time is the clock that was handed in, randomness is the seed, and both are reported', () => {
    const script =
      'function evaluate() return { time = os.time(), date = os.date("%Y-%m-%d %H:%M:%S"), n = math.random(1000) } end'
    const first = run(script)
    expect(first).toMatchObject({
      ok: true,
      value: { time: 1767323045, date: '2026-01-02 03:04:05' },
      impure: { random: 1, clock: 2 },
    })
    expect(run(script)).toEqual(first)
    expect(run('function evaluate() return {} end')).toEqual({ ok: true, value: {} })
  })
})

describe('texts', () => {
  test('are ordered by their bytes, and no two are the same key', () => {
    expect(shown('"\\n" < "1"')).toBe('true')
    expect(shown('"\\200" > "z"')).toBe('true')
    const outcome = run(
      'function evaluate() local t = {} t["\\1\\35"] = 1 t["\\18\\3"] = 2 return { first = t["\\1\\35"] } end',
    )
    expect(outcome).toEqual({ ok: true, value: { first: 1 } })
  })
})
