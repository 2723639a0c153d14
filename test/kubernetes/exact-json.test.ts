import fc from 'fast-check'
import { describe, expect, test } from 'vitest'
import { canonicalJson, parseExactJson } from '../../src/kubernetes/exact-json.ts'

describe('exact JSON', () => {
  test.each([
    '9007199254740993',
    '-9007199254740993',
    '[1,9007199254740993]',
    '[ 9007199254740993]',
    '{"a":9007199254740993}',
    '{"a":18446744073709551615,"b":"9007199254740993"}',
    '[12345678901234567890,0.1]',
    '[9007199254740993.0]',
    '[1e22,1.5E+30]',
  ])('keeps the text of numbers that a double cannot hold: %s', (text) => {
    expect(JSON.stringify(parseExactJson(text))).toBe(text.replace(' ', ''))
  })

  test('gives other numbers as numbers', () => {
    expect(parseExactJson('[0,-1,2.5,9007199254740991,1e3,"9007199254740993",":1e99"]')).toEqual([
      ...[0, -1, 2.5, 9007199254740991, 1000],
      ...['9007199254740993', ':1e99'],
    ])
  })

  test('of any whole number prints it as it was', () => {
    fc.assert(
      fc.property(fc.bigInt({ min: -(2n ** 80n), max: 2n ** 80n }), fc.jsonValue(), (number, other) => {
        const text = `{"n":${number},"o":${JSON.stringify(other)}}`
        expect(JSON.stringify((parseExactJson(text) as { n: unknown }).n)).toBe(String(number))
      }),
    )
  })

  test('says of what is no JSON that it is none', () => {
    expect(() => parseExactJson('{"a":')).toThrow(SyntaxError)
    expect(() => parseExactJson('[9007199254740993')).toThrow(SyntaxError)
  })

  test('is canonical with sorted keys at every level', () => {
    expect(canonicalJson(parseExactJson('{"b":[{"d":1,"c":9007199254740993}],"a":null}'))).toBe(
      '{"a":null,"b":[{"c":9007199254740993,"d":1}]}',
    )
  })
})
