import fc from 'fast-check'
import { describe, expect, test } from 'vitest'
import { parseDocument, stringify, type ToStringOptions } from 'yaml'
import type { JsonObject } from '../../src/engine/types.ts'
import { locate, locateInString } from '../../src/source/source.ts'
import type { DocumentPath, SourceDocument } from '../../src/source/types.ts'
import { yaml } from '../reading.ts'

function documentOf(text: string, start = 0): SourceDocument {
  const value = parseDocument(text.slice(start)).toJS() as JsonObject
  return { file: { path: 'a.yaml', text }, start, end: text.length, value, json: JSON.stringify(value) }
}

const textAt = (document: SourceDocument, path: DocumentPath, part?: 'key' | 'value') => {
  const { file, start, end } = locate(document, path, part)
  return file.text.slice(start, end)
}

describe('locate', () => {
  const document = documentOf(yaml`
    # a comment
    other: &anchor { merged: yes, on: 1 }
    spec:
      list: [a, { b: c }]
      "quoted key": x
      empty:
      map:
        k: v
      <<: *anchor
    other2: *anchor
  `)
  test.each([
    [['spec', 'list', 0], 'value', 'a'],
    [['spec', 'merged'], 'value', 'yes'],
    [['spec', 'list', 1, 'b'], 'value', 'c'],
    [['spec', 'list', 1, 'b'], 'key', 'b'],
    [['spec', 'quoted key'], 'key', '"quoted key"'],
    [['spec', 'empty'], 'value', 'empty'],
    [['spec', 'map'], 'value', 'k: v'],
    [['other2', 'merged'], 'value', 'yes'],
    [['other', 'true'], 'value', '1'],
    [['spec', 'map', 'nowhere', 'deep'], 'value', 'map'],
    [['nowhere'], 'value', 'other: &anchor { merged: yes, on: 1 }'],
    [[], 'value', 'other: &anchor { merged: yes, on: 1 }'],
  ] as const)('%j %s is `%s`', (path, part, expected) => {
    expect(textAt(document, path, part).trim()).toBe(expected)
  })

  test('of equal keys the last one is meant, as Kubernetes reads them', () => {
    expect(textAt(documentOf('a: 1\na: 2\n'), ['a'])).toBe('2')
  })

  test('a later document of a file is placed in the whole file', () => {
    const text = 'a: 1\n---\nb: { c: d }\n'
    expect(locate(documentOf(text, text.indexOf('b')), ['b', 'c'])).toMatchObject({
      start: text.indexOf('d'),
      end: text.indexOf('d') + 1,
    })
  })
})

describe('locate in a string', () => {
  const inner = 'kind: x\n\nspec:\n  deep: "va lue"\n'
  const styles: [string, string][] = [
    ['a literal block', 'data:\n  k: |\n    kind: x\n\n    spec:\n      deep: "va lue"\n'],
    [
      'a literal block with CRLF',
      'data:\r\n  k: |\r\n    kind: x\r\n\r\n    spec:\r\n      deep: "va lue"\r\n',
    ],
    [
      'a literal block with an indicator',
      'data:\n  k: |2+\n    kind: x\n\n    spec:\n      deep: "va lue"\n'
        .replace('|2+', '|2')
        .replace(/^ {4}/gm, '    '),
    ],
    ['double quotes', `data:\n  k: ${JSON.stringify(inner)}\n`],
    ['double quotes with escapes', 'data:\n  k: "kind: \\x78\\n\\n\\u0073pec:\\n  deep: \\"va lue\\"\\n"\n'],
    [
      'double quotes over lines',
      'data:\n  k: "kind: x\\n\\n\\\n    spec:\\n\n     \\ deep: \\"va\n    lue\\""\n',
    ],
    ['single quotes', 'data:\n  k: \'kind: x\n\n\n    spec:\n\n      deep: "va lue"\'\n'],
    ['a folded block', 'data:\n  k: >\n    kind: x\n\n\n    spec:\n      deep: "va\n      lue"\n'],
  ]
  test.each(styles)('finds a word in %s', (_, text) => {
    const document = documentOf(text)
    const value = (document.value.data as Record<string, string>).k ?? ''
    const offset = value.indexOf('lue')
    const { file, start, end } = locateInString(document, ['data', 'k'], offset, 3)
    expect(file.text.slice(start, end)).toBe('lue')
  })

  test('what is no string is placed as a whole', () => {
    const document = documentOf('a: [1]\n')
    expect(locateInString(document, ['a'], 3)).toEqual(locate(document, ['a']))
  })

  const word = fc.stringMatching(/^[a-z]{1,6}$/)
  const line = fc
    .tuple(fc.nat(3), fc.array(word, { maxLength: 4 }))
    .map(([blanks, words]) => ' '.repeat(words.length > 0 ? blanks : 0) + words.join(' '))
  const content = fc
    .array(line, { minLength: 1, maxLength: 6 })
    .map((lines) => `x${lines.join('\n')} NEEDLE\n`)
  const options: ToStringOptions[] = [
    { defaultStringType: 'QUOTE_DOUBLE', lineWidth: 40 },
    { defaultStringType: 'QUOTE_SINGLE', lineWidth: 0 },
    { defaultStringType: 'BLOCK_LITERAL' },
    { defaultStringType: 'BLOCK_FOLDED', lineWidth: 30 },
  ]
  test.each(options)('finds it in whatever the YAML printer writes with %j', (style) => {
    fc.assert(
      fc.property(content, (text) => {
        const document = documentOf(stringify({ data: { k: text } }, { ...style, defaultKeyType: 'PLAIN' }))
        const { file, start, end } = locateInString(document, ['data', 'k'], text.indexOf('NEEDLE'), 6)
        expect(file.text.slice(start, end)).toBe('NEEDLE')
      }),
    )
  })
})
