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
  ])('is not quietly left out: %s', async (_, files, message) => {
    const diagnostics: Diagnostic[] = []
    await readConfigDocument(createMemoryReader(files), engine, (one) => diagnostics.push(one))
    expect(diagnostics).toMatchObject([
      { code: 'source/config-ignored', severity: 'error', holds: 'all', message },
    ])
  })
})

describe('a configuration file that cannot be read', () => {
  async function printedOf(text: string) {
    const diagnostics: Diagnostic[] = []
    const reader = createMemoryReader({ 'fleetwright.yaml': text })
    const document = await readConfigDocument(reader, engine, (one) => diagnostics.push(one))
    return { document, diagnostics, printed: formatDiagnostics(diagnostics) }
  }

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
    ['a List without items', 'apiVersion: v1\nkind: List\nitems: []\n'],
  ])('is an error when it is %s', async (_, text) => {
    const { document, diagnostics } = await printedOf(text)
    expect(document).toBeUndefined()
    expect(diagnostics).toMatchObject([{ code: 'source/unreadable-config', severity: 'error', holds: 'all' }])
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
