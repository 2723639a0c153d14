import { describe, expect, test } from 'vitest'
import { createCel, toCelResource } from '../../src/cel/cel.ts'

const object = {
  kind: 'Odd',
  spec: {
    nothing: null,
    whole: 3,
    large: 9007199254740993,
    ratio: 0.25,
    list: Array.from({ length: 20_000 }, (_, index) => index),
    text: 'a'.repeat(100_000),
  },
}
/** The text has the number that JavaScript cannot hold. */
const resource = toCelResource(JSON.stringify(object).replace(/"large":\d+/, '"large":9007199254740993'))
const cel = createCel()

describe('values of a resource', () => {
  test.each([
    ['type(resource.spec.whole) == int'],
    ['type(resource.spec.ratio) == double'],
    ['resource.spec.large == 9007199254740993 && resource.spec.large != 9007199254740992'],
    ['has(resource.spec.nothing) && resource.spec.nothing == null'],
    ['!has(resource.spec.missing)'],
    ['resource["kind"] == "Odd" && "kind" in resource'],
  ])('%s', (rule) => {
    expect(cel.evaluate(rule, resource)).toEqual({ ok: true, value: true })
  })

  test('a field that is missing is a fault of the rule for that object', () => {
    expect(cel.evaluate('resource.spec.missing == 1', resource)).toMatchObject({ fault: { kind: 'value' } })
  })

  test('a value that is no boolean is a fault', () => {
    expect(cel.evaluate('resource.kind', resource)).toEqual({
      ok: false,
      fault: { kind: 'value', message: 'it gives no boolean' },
    })
  })
})

describe('macros over long lists', () => {
  test.each([
    ['resource.spec.list.map(x, x * 2).filter(x, x % 4 == 0).size() == 10000'],
    ['resource.spec.list.filter(x, x > 19997) == [19998, 19999]'],
    ['resource.spec.list.map(x, x > 19998, x + 1) == [20000]'],
    ['resource.spec.list.exists_one(x, x == 5)'],
    ['[1, 2].map(x, [3, 4].map(y, x * y)) == [[3, 4], [6, 8]]'],
    ['[1, 2].map(x, x) + [3] == [1, 2, 3]'],
    ['resource.spec.all(key, key != "other")'],
  ])('%s', (rule) => {
    expect(cel.evaluate(rule, resource)).toEqual({ ok: true, value: true })
  })
})

describe('what a rule that cannot be compiled is told', () => {
  test.each([
    ['resourc.kind == "Odd" || true', { kind: 'name', message: 'there is no variable `resourc`' }],
    // cel-go has extensions for text; Sveltos loads none of them.
    ['resource.kind.lowerAscii() == "odd"', { kind: 'name', message: 'there is no function `lowerAscii`' }],
    ['[1].exists(x, y == 1)', { kind: 'name', message: 'there is no variable `y`' }],
    ['[1].exists(x, x == 1) && x == 1', { kind: 'name', message: 'there is no variable `x`' }],
    [`1${' + 1'.repeat(300)} == 301`, { kind: 'syntax', message: 'it is nested too deeply' }],
    ['('.repeat(50_000), { kind: 'syntax', message: 'it is nested too deeply' }],
    [`"${'x'.repeat(100_000)}" == ""`, { kind: 'syntax', message: 'it is longer than 100000 characters' }],
  ])('%.60s', (rule, fault) => {
    expect(cel.check(rule)).toEqual(fault)
    expect(cel.evaluate(rule, resource)).toEqual({ ok: false, fault })
  })

  test('a syntax error names its place', () => {
    expect(cel.check('resource.kind ==')).toEqual({
      kind: 'syntax',
      message: 'line 1, column 15: found = but expecting end of input',
    })
  })

  test('a good rule is told nothing', () => {
    expect(cel.check('timestamp("2024-01-01T00:00:00Z") < timestamp("2025-01-01T00:00:00Z")')).toBeUndefined()
  })
})

describe('a hostile rule ends within its budget', () => {
  const limit = { ok: false, fault: { kind: 'limit', message: 'it takes more than 1000000 steps' } }
  const loops = (body: string) => `resource.spec.list.all(x, resource.spec.list.all(y, ${body}))`

  test.each([
    ['loops in loops', loops('true')],
    ['loops whose error somebody swallows', `${loops('true')} || true`],
    ['a search in every round', loops('x in resource.spec.list')],
    ['text that doubles', `["ab"]${'.map(x, x + x)'.repeat(60)}.size() == 1`],
    ['lists that double', `[[1, 1]]${'.map(x, x + x)'.repeat(60)}.size() == 1`],
    ['a comparison of lists that double', `[[1, 1]]${'.map(x, [x, x])'.repeat(60)} == 1`],
    ['an expression with many states', 'resource.spec.text.matches("((a?){900}){900}b")'],
  ])('%s', (_what, rule) => {
    expect(cel.evaluate(rule, resource)).toEqual(limit)
  })

  test('an expression that backtracking would never finish takes linear time', () => {
    expect(cel.evaluate('resource.spec.text.matches("^(a+)+$")', resource)).toEqual({ ok: true, value: true })
  })

  test('and the next one has the whole budget again', () => {
    expect(cel.evaluate(loops('true'), resource)).toEqual(limit)
    expect(cel.evaluate('resource.spec.list.size() == 20000', resource)).toEqual({ ok: true, value: true })
  })
})
