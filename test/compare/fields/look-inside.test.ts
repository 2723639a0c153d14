import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import { applyFieldChanges } from '../../../src/compare/fields/apply-field-changes.ts'
import { compareValues } from '../../../src/compare/fields/compare-values.ts'
import { formatFieldPath } from '../../../src/compare/fields/field-path.ts'
import { lookInside, lookInsideAll } from '../../../src/compare/fields/look-inside.ts'
import type { FieldChange } from '../../../src/compare/types.ts'
import type { Engine } from '../../../src/engine/types.ts'
import { createTestEngine } from '../../engine/built-engine.ts'

let engine: Engine

beforeAll(async () => {
  engine = await createTestEngine()
})

afterAll(async () => {
  await engine.close()
})

const lines = (...all: string[]) => `${all.join('\n')}\n`

function changeOf(before: unknown, after: unknown, key = 'text'): readonly FieldChange[] {
  return compareValues({ data: { [key]: before } }, { data: { [key]: after } }, { listKeys: () => undefined })
}

/** `yaml: changed a.b`, `json: form`, or nothing where the text stays a text. */
async function looked(before: string, after: string, key?: string): Promise<string | undefined> {
  const [change] = await lookInside(changeOf(before, after, key), engine)
  return change && summary(change)
}

function summary({ inside, routine }: FieldChange): string | undefined {
  if (inside === undefined) return undefined
  const fields = inside.fields.map((field) => {
    const deeper = summary(field)
    return `${field.change} ${formatFieldPath(field.path)}${deeper === undefined ? '' : ` (${deeper})`}`
  })
  return `${inside.format}: ${[...fields, ...(routine === undefined ? [] : [routine])].join(', ')}`
}

type Texts = readonly [before: string, after: string, key?: string]

describe('a text that holds data', () => {
  test.each<[string, Texts, string]>([
    ['JSON', ['{"a":1,"b":[1,2]}', '{"a":2,"b":[1,2]}'], 'json: changed a'],
    ['JSON by its name', ['[1]', '[1, 2]', 'list.json'], 'json: added [=2]'],
    ['YAML', [lines('a: 1', 'b: x'), lines('a: 1', 'b: y')], 'yaml: changed b'],
    ['YAML with a marker', [lines('---', 'a: 1'), lines('---', 'a: 2')], 'yaml: changed a'],
    ['YAML of one line by its name', ['a: 1', 'a: 2', 'config.yaml'], 'yaml: changed a'],
    [
      'a list of YAML',
      [lines('- name: a', '  x: 1'), lines('- name: a', '  x: 2'), 'c.yml'],
      'yaml: changed [name=a].x',
    ],
    ['TOML by its name', ['a = 1', 'a = 2', 'config.toml'], 'toml: changed a'],
    [
      'TOML',
      [lines('# c', '[server]', 'port = 1'), lines('[server]', 'port = 2')],
      'toml: changed server.port',
    ],
    ['TOML without a table', [lines('a = 1', 'b = "x"'), lines('a = 1', 'b = "y"')], 'toml: changed b'],
    ['JSON that becomes YAML', ['{"a": 1}', lines('a: 1', 'b: 3')], 'yaml: added b'],
    ['JSON under the name of YAML', ['{"a": 1}', lines('a: 1', 'b: 3'), 'c.yaml'], 'yaml: added b'],
  ])('is looked into: %s', async (_what, texts, expected) => {
    expect(await looked(...texts)).toBe(expected)
  })

  test.each<[string, Texts, string]>([
    ['JSON with other spaces and another order', ['{"a":1,"b":2}', '{ "b": 2, "a": 1 }'], 'json: form'],
    [
      'YAML with another comment',
      [lines('# one', 'a: 1'), lines('# two', 'a: 1 # three'), 'a.yaml'],
      'yaml: form',
    ],
    ['YAML with other quotes', [lines('a: "x"', 'b: [1]'), lines('a: x', 'b:', '- 1')], 'yaml: form'],
    ['TOML with another order', [lines('a = 1', 'b = 2'), lines('b = 2', 'a = 1')], 'toml: form'],
  ])('has equal data in another form: %s', async (_what, texts, expected) => {
    expect(await looked(...texts)).toBe(expected)
  })

  test('keeps both sides whole, and what was said of it', async () => {
    const [before, after] = ['{"a": 1}', '{"a": 2}']
    const changes = changeOf(before, after)
    const [change] = await lookInside(
      changes.map((one) => ({ ...one, routine: 'checksum' as const })),
      engine,
    )
    expect(change).toEqual({
      ...{ path: ['data', 'text'], change: 'changed', before, after, routine: 'checksum' },
      inside: { format: 'json', fields: [{ path: ['a'], change: 'changed', before: 1, after: 2 }] },
    })
    expect(applyFieldChanges({ data: { text: before } }, change ? [change] : [])).toEqual({
      data: { text: after },
    })
  })

  test('may hold another one, which is looked into as well, but no third', async () => {
    const nested = (leaf: number) => JSON.stringify({ a: JSON.stringify({ b: JSON.stringify({ c: leaf }) }) })
    expect(await looked(nested(1), nested(2))).toBe('json: changed a (json: changed b)')
  })

  test('is in another form where all texts in it are', async () => {
    expect(await looked('{"a":"{\\"b\\":1}"}', '{"a":"{ \\"b\\": 1 }"}')).toBe(
      'json: changed a (json: form), form',
    )
  })

  test('has numbers that keep every digit', async () => {
    expect(await looked('{"a":9007199254740993}', '{"a":9007199254740992}')).toBe('json: changed a')
    expect(await looked(lines('a: 9007199254740993', 'b: 1'), lines('a: 9007199254740992', 'b: 1'))).toBe(
      'yaml: changed a',
    )
    expect(await looked('a = 9007199254740993', 'a = 9007199254740992', 'a.toml')).toBe('toml: changed a')
    expect(await looked('a = 1', 'a = 1.0', 'a.toml')).toBe('toml: changed a')
    expect(await looked('a = -0.5', 'a = -5e-1', 'a.toml')).toBe('toml: form')
  })
})

describe('a text stays a text', () => {
  const deep = (leaf: number) => '['.repeat(100) + String(leaf) + ']'.repeat(100)
  test.each([
    ['prose', 'Hello there.', 'Hello.', undefined],
    ['prose that begins like a field', lines('Note: a', 'b'), lines('Note: a', 'c'), undefined],
    ['a script', lines('#!/bin/sh', 'a: 1'), lines('#!/bin/bash', 'a: 1'), undefined],
    [
      'another kind of cloud-init',
      lines('#cloud-config', 'a: 1'),
      lines('#cloud-boothook', 'a: 1'),
      undefined,
    ],
    ['several documents', lines('a: 1', '---', 'b: 1'), lines('a: 1', '---', 'b: 2'), 'a.yaml'],
    ['a Go template', lines('a: {{ .Values.a }}', 'b: 1'), lines('a: {{ .Values.a }}', 'b: 2'), 'a.yaml'],
    [
      'a Go template of JSON',
      '{"a":"{{ if .x }}","b":"{{ end }}"}',
      '{"b":"{{ end }}","a":"{{ if .x }}"}',
      'a.json',
    ],
    ['JSON with a fault', '{"a":1}', '{"a":1', 'a.json'],
    ['YAML with a fault', lines('a: 1', 'b: 2'), lines('a: 1', 'b: [2'), 'a.yaml'],
    ['TOML with a fault', 'a = 1', 'a = ', 'a.toml'],
    ['TOML with a date', 'a = 2020-01-01', 'a = "2020-01-01"', 'a.toml'],
    ['TOML with what is no number', 'a = nan', 'a = inf', 'a.toml'],
    ['a scalar', '1', '2', 'a.json'],
    ['nothing', '', 'a: 1', 'a.yaml'],
    ['TOML that becomes JSON', lines('a = 1', 'b = 2'), '{"a":1}', undefined],
    ['what is nested very deep', deep(1), deep(2), undefined],
    ['what is nested deep in tables', `${'a.'.repeat(5000)}a = 1`, `${'a.'.repeat(5000)}a = 2`, 'a.toml'],
    ['the mask of a secret', '⟨secret a1b2⟩', '⟨secret c3d4⟩', 'a.json'],
  ])('%s', async (_what, before, after, key) => {
    expect(await looked(before, after, key)).toBeUndefined()
  })

  test('where it comes or goes, or is none on one side', async () => {
    const text = '{"a":1}'
    const options = { listKeys: () => undefined }
    const changes = [
      ...compareValues({}, { a: text }, options),
      ...compareValues({ a: text }, {}, options),
      ...compareValues({ a: text }, { a: { a: 1 } }, options),
    ]
    expect(await lookInside(changes, engine)).toEqual(changes)
  })
})

describe('many changes', () => {
  test('are looked into with one request to the engine for each level', async () => {
    const batches: (readonly string[])[] = []
    const parseYaml: Engine['parseYaml'] = (texts) => {
      batches.push(texts)
      return engine.parseYaml(texts)
    }
    const inner = (leaf: number) => `|\n  x: ${leaf}\n  y: 0`
    const lists = [
      changeOf(lines('a: 1', 'b: 1'), lines('a: 2', 'b: 1')),
      [],
      changeOf(lines('a: 1', 'b: 1'), lines('a: 2', 'b: 1'), 'other'),
      changeOf(lines('a: 1', 'b: 1'), lines('a: 3', 'b: 1')),
      changeOf(lines(`a: ${inner(1)}`), lines(`a: ${inner(2)}`), 'a.yaml'),
      changeOf(lines(`a: ${inner(3)}`), lines(`a: ${inner(4)}`), 'a.yaml'),
    ]
    const result = await lookInsideAll(lists, { parseYaml })
    expect(result.map(([change]) => change && summary(change))).toEqual([
      'yaml: changed a',
      undefined,
      'yaml: changed a',
      'yaml: changed a',
      'yaml: changed a (yaml: changed x)',
      'yaml: changed a (yaml: changed x)',
    ])
    expect(batches.map((texts) => texts.length)).toEqual([7, 4])
  })

  test('that hold no data do not bother the engine', async () => {
    const changes = changeOf('a', 'b')
    const looked = await lookInside(changes, {
      parseYaml: () => {
        throw new Error('the engine was asked')
      },
    })
    expect(looked).toEqual(changes)
  })
})
