import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import { createMemoryReader } from '../../src/adapters/memory/memory-reader.ts'
import { formatDiagnostics } from '../../src/diagnostics/frame.ts'
import type { Diagnostic } from '../../src/diagnostics/types.ts'
import type { Engine } from '../../src/engine/types.ts'
import { readConfigDocument } from '../../src/source/source.ts'
import { createTestEngine } from '../engine/built-engine.ts'

let engine: Engine
beforeAll(async () => {
  engine = await createTestEngine()
})
afterAll(() => engine.close())

describe('the configuration file', () => {
  test.each([
    [
      'a link',
      { 'fleetwright.yaml': { link: 'other.yaml' } },
      'fleetwright.yaml is not read: it is a link, which is never followed',
    ],
    [
      'two spellings',
      { 'fleetwright.yaml': 'kind: a\n', 'fleetwright.yml': 'kind: b\n' },
      'fleetwright.yml is not read: fleetwright.yaml counts',
    ],
    [
      'two documents',
      { 'fleetwright.yaml': 'kind: a\n---\nkind: b\n' },
      'the rest of fleetwright.yaml is not read: only its first document counts',
    ],
    [
      'a list below it',
      { 'fleetwright.yaml': 'kind: a\n---\n- kind: b\n' },
      'the rest of fleetwright.yaml is not read: only its first document counts',
    ],
    [
      'another repository',
      { 'fleetwright.yaml': { submodule: true as const } },
      'fleetwright.yaml is not read: it is another repository, which is never followed',
    ],
  ])('is not quietly left out: %s', async (_, files, message) => {
    const diagnostics: Diagnostic[] = []
    await readConfigDocument(createMemoryReader(files), engine, (one) => diagnostics.push(one))
    expect(diagnostics).toMatchObject([
      { code: 'source/config-ignored', severity: 'error', holds: 'all', message },
    ])
  })
})

async function printedOf(text: string | Uint8Array) {
  const diagnostics: Diagnostic[] = []
  const reader = createMemoryReader({ 'fleetwright.yaml': text })
  const document = await readConfigDocument(reader, engine, (one) => diagnostics.push(one))
  return { document, diagnostics, printed: formatDiagnostics(diagnostics) }
}

describe('a setting of the configuration file that is there twice', () => {
  test('is an error with both places, since one of them may be a brake', async () => {
    const { diagnostics, printed } = await printedOf(
      'kind: FleetConfig\nspec:\n  brakes:\n    maxDeletedShare: 1%\n    protect: [Secret]\n    maxDeletedShare: 50%\n',
    )
    expect(diagnostics).toMatchObject([{ severity: 'error', holds: 'all' }])
    expect(printed).toBe(
      [
        'fleetwright.yaml:6:5: error[source/duplicate-key]: the setting `maxDeletedShare` is there twice, and nobody knows which one is meant',
        '  6 |     maxDeletedShare: 50%',
        '    |     ^^^^^^^^^^^^^^^',
        '  fleetwright.yaml:4:5: first written here',
        '    4 |     maxDeletedShare: 1%',
        '      |     ^^^^^^^^^^^^^^^',
        '  hint: join the two, or remove one; until then, nothing is written anywhere',
        '',
      ].join('\n'),
    )
  })

  test.each([
    ['without a header', 'spec: { a: 1 }\nspec: { b: 1 }\n', ['2:1']],
    ['at several places', 'spec: { a: 1, b: 2, a: 3,\n b: 4 }\n', ['1:21', '2:2']],
    ['over lines of a flow mapping', 'spec: { a: 1,\n    "a": 2 }\n', ['2:5']],
    ['with an escape', 'spec: { brakes: 1, "\\x62rakes": 2 }\n', ['1:20']],
    ['with a question mark', 'spec:\n  ? a\n  : 1\n  a: 2\n', ['4:3']],
    ['as an alias', 'metadata: { x: &key brakes }\nspec: { *key : 1, brakes: 2 }\n', ['2:19']],
    ['in a list', 'spec: { clusters: [{ name: a, name: b }] }\n', ['1:31']],
    ['by a merge below it', 'a: &a { x: 1 }\nspec:\n  x: 2\n  <<: *a\n', ['4:3']],
    ['by two merges', 'spec:\n  <<: { x: 1 }\n  <<: { x: 2 }\n', ['3:3']],
  ])('counts as such %s', async (_, text, places) => {
    const { diagnostics, printed } = await printedOf(text)
    expect(diagnostics.map(({ code, severity }) => [code, severity])).toEqual(
      places.map(() => ['source/duplicate-key', 'error']),
    )
    for (const place of places) expect(printed).toContain(`fleetwright.yaml:${place}: error`)
  })

  test.each([
    ['in two mappings', 'a: { x: 1 }\nb: { x: 2 }\n'],
    ['below a merge, which it replaces', 'a: &a { x: 1 }\nspec:\n  <<: *a\n  x: 2\n'],
    ['in a text', 'a: |\n  x: 1\n  x: 2\n'],
  ])('is none %s', async (_, text) => {
    expect((await printedOf(text)).diagnostics).toEqual([])
  })
})

describe('a configuration file that cannot be read', () => {
  test('holds everything, although its header is not there', async () => {
    const { document, diagnostics, printed } = await printedOf('spec:\n  brakes: { maxDeletedShare: 5%\n')
    expect(document).toBeUndefined()
    expect(diagnostics).toMatchObject([{ code: 'source/unreadable-config', severity: 'error', holds: 'all' }])
    expect(printed).toContain('fleetwright.yaml:3:1: ')
    expect(printed).toContain('error[source/unreadable-config]: fleetwright.yaml is no valid YAML: ')
    expect(printed).toContain('hint: mend it; until it can be read, nothing is written anywhere')
  })

  test.each([
    ['malformed', '{{ if true }}\napiVersion: fleetwright.dev/v1alpha1\nkind: FleetConfig\n{{ end }}\n'],
    ['nested too deep', `spec: ${'['.repeat(20_000)}${']'.repeat(20_000)}\n`],
    ['a list', '- spec: {}\n'],
    ['a sentence', 'maxDeletedShare 5%\n'],
    ['empty', ''],
    ['a comment alone', '# apiVersion: fleetwright.dev/v1alpha1\n'],
  ])('is an error when it is %s', async (_, text) => {
    const { document, diagnostics } = await printedOf(text)
    expect(document).toBeUndefined()
    expect(diagnostics).toMatchObject([{ code: 'source/unreadable-config', severity: 'error', holds: 'all' }])
  })

  test('is one that is too large, which can be excluded by nothing', async () => {
    const { document, printed } = await printedOf(new Uint8Array(5 * 1024 * 1024).fill(0x20))
    expect(document).toBeUndefined()
    expect(printed).toContain(
      'error[source/file-too-large]: fleetwright.yaml has 5 MiB; the configuration is read up to 4 MiB',
    )
    expect(printed).not.toContain('spec.intent.exclude')
  })

  test('is one that is no UTF-8', async () => {
    const { document, diagnostics } = await printedOf(new Uint8Array([0x61, 0xfc]))
    expect(document).toBeUndefined()
    expect(diagnostics).toMatchObject([{ code: 'source/not-utf8', severity: 'error', holds: 'all' }])
  })

  test('tells of all its documents what is wrong with them', async () => {
    const { diagnostics } = await printedOf('just a sentence\n---\nkind: [\n---\nkind: FleetConfig\n')
    expect(diagnostics.map(({ code }) => code)).toEqual([
      'source/unreadable-config',
      'source/unreadable-config',
      'source/config-ignored',
    ])
  })

  test.each([
    ['a separator at its start and its end', '---\nkind: FleetConfig\n---\n# later\n'],
    ['an end mark', 'kind: FleetConfig\n...\n'],
    ['a byte order mark', '\ufeffkind: FleetConfig\n'],
    ['line ends of Windows', 'kind: FleetConfig\r\nspec: {}\r\n'],
  ])('is none with %s', async (_, text) => {
    const { document, diagnostics } = await printedOf(text)
    expect([document?.value.kind, diagnostics]).toEqual(['FleetConfig', []])
  })

  test('says what to write where there is nothing', async () => {
    const { printed } = await printedOf('# later\n')
    expect(printed).toBe(
      [
        'fleetwright.yaml:1:1: error[source/unreadable-config]: fleetwright.yaml holds no configuration: it is empty, or no mapping',
        '  1 | # later',
        '    | ^',
        '  hint: write `apiVersion: fleetwright.dev/v1alpha1` and `kind: FleetConfig`, or remove the file; until it can be read, nothing is written anywhere',
        '',
      ].join('\n'),
    )
  })
})
