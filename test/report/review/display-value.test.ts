import { describe, expect, test } from 'vitest'
import { parseExactJson } from '../../../src/kubernetes/exact-json.ts'
import { displayInline, displayLines, displayPair } from '../../../src/report/review/display-value.ts'

describe('a value in one line', () => {
  test.each([
    ['grafana:8.1.0', 'grafana:8.1.0'],
    ['8.1.0', '8.1.0'],
    ['10m0s', '10m0s'],
    ['200Gi', '200Gi'],
    ['1e5', '"1e5"'],
    ['0x1f', '"0x1f"'],
    ['true', '"true"'],
    ['1.20', '"1.20"'],
    ['', '""'],
    ['a: b', '"a: b"'],
    ['two\nlines', '"two\\nlines"'],
    [true, 'true'],
    [3, '3'],
    [null, 'null'],
    [[], '[]'],
    [{}, '{}'],
    [['a', 1], '[a, 1]'],
    [{ name: 'app', ports: [{ port: 80 }] }, '{ name: app, ports: [{ port: 80 }] }'],
  ])('%j', (value, text) => {
    expect(displayInline(value)).toBe(text)
  })

  test('numbers beyond 53 bits keep every digit', () => {
    expect(displayInline(parseExactJson('12345678901234567890'))).toBe('12345678901234567890')
    expect(displayLines(parseExactJson('{"id":12345678901234567890}'))).toEqual(['id: 12345678901234567890'])
  })

  test('long ones are folded with their true size', () => {
    const text = displayInline('x'.repeat(5000))
    expect(text).toMatch(/^x{300,}… \(5,000 characters\)$/)
    expect(text.length).toBeLessThan(450)
  })
})

test('maps, lists and texts are shown as YAML has them', () => {
  const value = {
    kind: 'ConfigMap',
    data: { 'app.ini': '[log]\nlevel = info\n', open: 'a\nb' },
    items: [{ name: 'a', args: ['--x'] }, 'plain'],
    none: {},
  }
  expect(displayLines(value)).toEqual([
    'kind: ConfigMap',
    'data:',
    '  app.ini: |',
    '    [log]',
    '    level = info',
    '  open: |-',
    '    a',
    '    b',
    'items:',
    '- name: a',
    '  args:',
    '  - --x',
    '- plain',
    'none: {}',
  ])
})

test('more lines than wanted are counted', () => {
  expect(displayLines(['a', 'b', 'c', 'd', 'e'], { mostLines: 2 })).toEqual(['- a', '- b', '… 3 more lines'])
  expect(displayLines(['a', 'b', 'c'], { mostLines: 2 })).toEqual(['- a', '- b', '- c'])
})

test('of two long texts that begin alike, the part that differs is shown', () => {
  const start = 'a'.repeat(1000)
  const [before, after] = displayPair(`${start}ONE${start}`, `${start}TWO${start}`)
  expect(before).toContain('ONE')
  expect(after).toContain('TWO')
  expect(before.length).toBeLessThan(300)
})

test('nesting that nobody writes does not end the stack', () => {
  let value: unknown = 'deep'
  for (let depth = 0; depth < 5000; depth += 1) value = { a: value }
  expect(displayLines(value).length).toBeLessThan(100)
  expect(displayInline(value).length).toBeLessThan(300)
})
