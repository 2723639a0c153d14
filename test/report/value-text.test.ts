import fc from 'fast-check'
import { describe, expect, test } from 'vitest'
import { parse } from 'yaml'
import { parseExactJson } from '../../src/kubernetes/exact-json.ts'
import { formatValue } from '../../src/report/value-text.ts'

describe('formatValue', () => {
  test('an object reads as it would in a manifest', () => {
    const value = {
      apiVersion: 'v1',
      kind: 'ConfigMap',
      metadata: { name: 'settings', annotations: {}, labels: { 'app.kubernetes.io/version': '1.2' } },
      data: { 'app.conf': 'level = info\nport = 80\n', tail: 'a\nb' },
      items: [{ name: 'web', ports: [80, 443] }, 'ghcr.io/acme/web:1.2.3', null, []],
    }
    expect(formatValue(value)).toBe(
      [
        'apiVersion: v1',
        'kind: ConfigMap',
        'metadata:',
        '  name: settings',
        '  annotations: {}',
        '  labels:',
        '    app.kubernetes.io/version: "1.2"',
        'data:',
        '  app.conf: |',
        '    level = info',
        '    port = 80',
        '  tail: |-',
        '    a',
        '    b',
        'items:',
        '- name: web',
        '  ports:',
        '  - 80',
        '  - 443',
        '- ghcr.io/acme/web:1.2.3',
        '- null',
        '- []',
      ].join('\n'),
    )
  })

  test('texts that YAML would take for something else are quoted', () => {
    const texts = [
      'true',
      'No',
      '12',
      '1e3',
      '0x1f',
      '~',
      '',
      '- a',
      'a: b',
      'a #b',
      '2024-01-02',
      '1:30',
      '*a',
    ]
    expect(texts.map(formatValue)).toEqual(texts.map((text) => JSON.stringify(text)))
  })

  test('names, images and versions are not', () => {
    const texts = ['web', 'ghcr.io/acme/web:1.2.3', '1.2.3', 'v1', '/etc/ssl certs', 'a=b,c', '10.0.0.0/8']
    expect(texts.map(formatValue)).toEqual(texts)
  })

  test('numbers beyond 53 bits keep their digits', () => {
    expect(formatValue(parseExactJson('{"limit":12345678901234567890}'))).toBe('limit: 12345678901234567890')
  })

  test('marks that reorder or hide text are written out', () => {
    expect(formatValue({ note: 'a\u202eb', lines: 'one\u200b\ntwo' })).toBe(
      'note: "a\\u202eb"\nlines: "one\\u200b\\ntwo"',
    )
  })

  test('YAML reads the same value back', () => {
    const text = fc.oneof(
      fc.string({ unit: 'binary' }),
      fc
        .array(fc.constantFrom('a', ' ', '\n', '#', ':', '-', '\t', '"', '1', '\\', '{', '|', 'é', '\u202e'))
        .map((signs) => signs.join('')),
    )
    const value = fc.letrec((tie) => ({
      value: fc.oneof(
        { depthSize: 'small' },
        text,
        fc.integer(),
        fc.boolean(),
        fc.constant(null),
        fc.array(tie('value'), { maxLength: 4 }),
        fc.dictionary(text, tie('value'), { maxKeys: 4, noNullPrototype: true }),
      ),
    })).value
    fc.assert(
      fc.property(value, (one) => {
        expect(parse(formatValue({ value: one }), { uniqueKeys: false })).toEqual({ value: one })
      }),
      { numRuns: 500 },
    )
  })
})
