import fc from 'fast-check'
import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import { createMemoryReader } from '../../src/adapters/memory/memory-reader.ts'
import type { Engine } from '../../src/engine/types.ts'
import { locate, readConfigDocument, readRepository } from '../../src/source/source.ts'
import type { Repository } from '../../src/source/types.ts'
import { createTestEngine } from '../engine/built-engine.ts'
import { readFiles, yaml } from '../reading.ts'

let engine: Engine
beforeAll(async () => {
  engine = await createTestEngine()
})
afterAll(() => engine.close())

const configMap = (name: string) => `apiVersion: v1\nkind: ConfigMap\nmetadata: { name: ${name} }\n`
const namesOf = ({ documents }: Repository) =>
  documents.map(({ value }) => (value.metadata as { name?: string } | undefined)?.name ?? '')

describe('which files count', () => {
  test('every YAML file but those of charts and hidden folders', async () => {
    const { repository, codes } = await readFiles(engine, {
      'a.yaml': configMap('a'),
      'deep/er/b.yml': configMap('b'),
      'c.json': '{}',
      '.github/workflow.yaml': configMap('hidden'),
      'deep/.cache/x.yaml': configMap('hidden'),
      'charts/app/Chart.yaml': 'name: app\n',
      'charts/app/values.yaml': configMap('in-chart'),
      'charts/app/templates/x.yaml': '{{ if }}',
      'charts/other.yaml': configMap('beside-chart'),
    })
    expect(namesOf(repository)).toEqual(['a', 'beside-chart', 'b'])
    expect(codes).toEqual([])
    expect(repository.paths).toHaveLength(9)
  })

  test('of a chart at the root only its own folders are left out', async () => {
    const { repository } = await readFiles(engine, {
      'Chart.yaml': 'name: app\n',
      'templates/x.yaml': '{{ if }}',
      'values-prod.yaml': 'a: 1\n',
      'fleet/a.yaml': configMap('a'),
    })
    expect(namesOf(repository)).toEqual(['a'])
  })

  test.each([
    [{ include: ['fleet/**'], exclude: [] }, ['a', 'draft']],
    [{ include: ['fleet'], exclude: [] }, ['a', 'draft']],
    [{ include: ['./fleet/'], exclude: ['fleet/drafts/**'] }, ['a']],
    [{ include: [], exclude: ['**/drafts/**', 'other.yaml'] }, ['a']],
    [{ include: ['*.yaml'], exclude: [] }, ['other']],
  ])('%j lets through %j', async (patterns, expected) => {
    const files = {
      'fleet/a.yaml': configMap('a'),
      'fleet/drafts/d.yaml': configMap('draft'),
      'other.yaml': configMap('other'),
    }
    const { repository } = await readFiles(engine, files, patterns)
    expect(namesOf(repository)).toEqual(expected)
  })

  test('nothing that counts is a warning which names the patterns', async () => {
    const { printed } = await readFiles(
      engine,
      { 'fleet/a.yaml': configMap('a') },
      { include: ['flet/**'], exclude: [] },
    )
    expect(printed).toBe(
      'warning[source/no-documents]: no YAML document of the repository counts as intent\n' +
        '  hint: `spec.intent.include` of fleetwright.yaml is ["flet/**"]: does it match a file?\n',
    )
  })

  test('fleetwright.yaml is read apart', async () => {
    const reader = createMemoryReader({
      'fleetwright.yaml': 'kind: FleetConfig\n',
      'a/fleetwright.yaml': configMap('a'),
    })
    const document = await readConfigDocument(reader, engine, () => undefined)
    expect(document?.value).toEqual({ kind: 'FleetConfig' })
    const repository = await readRepository(reader, { include: [], exclude: [] }, engine, () => undefined)
    expect(namesOf(repository)).toEqual(['a'])
  })
})

describe('kustomizations', () => {
  const profile = (path: string) => yaml`
    apiVersion: config.projectsveltos.io/v1beta1
    kind: ClusterProfile
    metadata: { name: app }
    spec:
      kustomizationRefs: [{ path: ${path} }]
  `
  const tree = {
    'apps/base/kustomization.yaml': 'resources: [deployment.yaml, nested/more.yaml]\n',
    'apps/base/deployment.yaml': configMap('base'),
    'apps/base/nested/more.yaml': configMap('nested'),
    'apps/prod/kustomization.yaml': 'resources: [../base]\npatches: [{ path: patch.yaml }]\n',
    'apps/prod/patch.yaml': configMap('patch'),
    'apps/unused/kustomization.yaml': 'resources: [x.yaml]\npatchesStrategicMerge: [p.yaml]\n',
    'apps/unused/x.yaml': configMap('unused'),
    'apps/unused/p.yaml': configMap('unused-patch'),
  }

  test('what a profile deploys is content with all that it builds on; other kustomizations count, without their patches', async () => {
    const { repository } = await readFiles(engine, { ...tree, 'fleet/app.yaml': profile('apps/prod') })
    expect(namesOf(repository)).toEqual(['unused', 'app'])
    expect(repository.documents.map(({ inKustomization }) => inKustomization)).toEqual([true, undefined])
  })

  test('without a profile everything counts but patches', async () => {
    const { repository } = await readFiles(engine, tree)
    expect(namesOf(repository)).toEqual(['base', 'nested', 'unused'])
  })

  test.each(['.', './', '/', 'apps/..', '{{ .Cluster.metadata.name }}', '../outside'])(
    'a reference to `%s` makes no intent vanish',
    async (path) => {
      const files = {
        'kustomization.yaml': 'resources: [fleet]\n',
        'fleet/kustomization.yaml': 'resources: [app.yaml]\n',
      }
      const { repository } = await readFiles(engine, { ...files, 'fleet/app.yaml': profile(`'${path}'`) })
      expect(namesOf(repository)).toEqual(['app'])
    },
  )

  test('a kustomization that is broken or refers to itself harms nothing', async () => {
    const { repository, codes } = await readFiles(engine, {
      'a/kustomization.yaml': 'resources: [../b, ., 1, { x: y }]\n',
      'b/kustomization.yaml': 'resources: [../a]\n',
      'c/kustomization.yaml': '{{',
      'a/x.yaml': configMap('content'),
      'fleet/app.yaml': profile('a'),
    })
    expect(namesOf(repository)).toEqual(['app'])
    expect(codes).toEqual([])
  })
})

describe('documents', () => {
  test('several in a file, with empty ones, comments, CRLF, BOM and tabs after values', async () => {
    const text = `\ufeff# head\r\n---\r\n${configMap('a').replaceAll('\n', '\r\n')}---\r\n# nothing\r\n---\r\n---\r\napiVersion: v1\t\r\nkind: Secret\r\nmetadata: { name: b }\r\n`
    const { repository, codes } = await readFiles(engine, { 'a.yaml': text })
    expect(codes).toEqual([])
    expect(namesOf(repository)).toEqual(['a', 'b'])
    const [, second] = repository.documents
    if (second === undefined) throw new Error('no second document')
    const { file, start, end } = locate(second, ['metadata', 'name'])
    expect(file.text.slice(start, end)).toBe('b')
  })

  test('the items of a List are objects of their own, with exact numbers and positions', async () => {
    const text = yaml`
      apiVersion: v1
      kind: List
      items:
        - apiVersion: v1
          kind: ConfigMap
          metadata: { name: "a,]}\\"b" }
          data: { size: 12345678901234567890 }
        - apiVersion: v1
          kind: List
          items: [{ apiVersion: v1, kind: ConfigMap, metadata: { name: inner } }]
    `
    const { repository } = await readFiles(engine, { 'a.yaml': text })
    expect(namesOf(repository)).toEqual(['a,]}"b', 'inner'])
    const [first, inner] = repository.documents
    if (first === undefined || inner === undefined) throw new Error('items are missing')
    expect(first.json).toContain('"size":12345678901234567890')
    const { file, start, end } = locate(inner, ['metadata', 'name'])
    expect(file.text.slice(start, end)).toBe('inner')
  })

  test('what is no object is left out silently', async () => {
    const { repository, codes } = await readFiles(engine, {
      'values.yaml': 'replicas: 1\n',
      'list.yaml': '- a\n- b\n',
      'text.yaml': 'just text\n',
      'a.yaml': configMap('a'),
    })
    expect(namesOf(repository)).toEqual(['a'])
    expect(codes).toEqual([])
  })

  test('the order of files shows nowhere', async () => {
    const files = Object.entries({
      'b.yaml': configMap('b'),
      'a.yaml': `${configMap('a1')}---\n${configMap('a2')}`,
      'c/d.yaml': 'kind: [',
      'c/kustomization.yaml': 'resources: []',
    })
    const expected = await readFiles(engine, Object.fromEntries(files))
    await fc.assert(
      fc.asyncProperty(fc.shuffledSubarray(files, { minLength: files.length }), async (shuffled) => {
        expect(await readFiles(engine, Object.fromEntries(shuffled))).toEqual(expected)
      }),
      { numRuns: 10 },
    )
  })

  test('10,000 documents in one file are read in seconds', async () => {
    const text = Array.from({ length: 10_000 }, (_, index) => configMap(`n${index}`)).join('---\n')
    const { repository } = await readFiles(engine, { 'a.yaml': text })
    expect(repository.documents).toHaveLength(10_000)
  }, 20_000)
})

describe('broken input', () => {
  test.each([
    [
      'a value that opens and never closes',
      'apiVersion: v1\nkind: ConfigMap\nmetadata: { name: a\n',
      'a.yaml:4:1: error[source/malformed-yaml]: this is no valid YAML: flow map in block collection must be sufficiently indented and end with a }',
    ],
    [
      'a tab as indentation',
      'apiVersion: v1\nkind: ConfigMap\nmetadata:\n\tname: a\n',
      'a.yaml:4:1: error[source/malformed-yaml]: this is no valid YAML: tabs are not allowed as indentation',
    ],
    [
      'an unquoted template',
      'apiVersion: config.projectsveltos.io/v1beta1\nkind: ClusterProfile\nmetadata:\n  name: {{ .Cluster }}\n',
      'a.yaml:4:9: error[source/malformed-yaml]: this is no valid YAML: an unquoted `{{` begins a mapping, which cannot be a key',
    ],
    [
      'a line that is indented too far',
      'apiVersion: v1\nkind: ConfigMap\n  metadata: {}\n',
      'a.yaml:3:3: error[source/malformed-yaml]: this is no valid YAML: this line is indented further than line 2, which already has a value',
    ],
    [
      'text after the end of the document',
      'apiVersion: v1\nkind: ConfigMap\n...\nmetadata: {}\n',
      'a.yaml:4:1: error[source/malformed-yaml]: this is no valid YAML: `...` on line 3 ends the document, and this follows',
    ],
  ])('%s', async (_, text, expected) => {
    const { printed, diagnostics } = await readFiles(engine, { 'a.yaml': text })
    expect(printed.split('\n')[0]).not.toBe('')
    expect(diagnostics[0]?.holds === 'all' || diagnostics[1]?.holds === 'all').toBe(true)
    expect(printed).toContain(`${expected}\n`)
  })

  test('leaves the other documents of its file', async () => {
    const text = `${configMap('a')}---\napiVersion: v1\nkind: [\n---\n${configMap('c')}`
    const { repository, codes, diagnostics } = await readFiles(engine, { 'a.yaml': text })
    expect(namesOf(repository)).toEqual(['a', 'c'])
    expect(codes).toEqual(['source/malformed-yaml'])
    expect(diagnostics[0]?.severity).toBe('error')
  })

  test('is only a warning where it looks like no object, or like the template of another tool', async () => {
    const { diagnostics } = await readFiles(engine, {
      'a.yaml': configMap('a'),
      'notes.yaml': 'a: [1\n',
      'skeleton.yaml': 'apiVersion: v1\nkind: ConfigMap\n{% if x %}\nmetadata: {}\n',
    })
    expect(diagnostics.map(({ code, severity, holds }) => [code, severity, holds])).toEqual([
      ['source/skipped-yaml', 'warning', 'nothing'],
      ['source/skipped-yaml', 'warning', 'nothing'],
    ])
    expect(diagnostics[0]?.hint).toBe(
      'exclude it with `spec.intent.exclude: ["notes.yaml"]` in fleetwright.yaml',
    )
  })

  test('a key that stands twice is a warning at the last one, which counts', async () => {
    const text = yaml`
      apiVersion: v1
      kind: ConfigMap
      metadata:
        name: a
      data:
        x: "1"
        y: "2"
        "x": "3"
    `
    const { printed, repository } = await readFiles(engine, { 'a.yaml': text })
    expect(repository.documents[0]?.value.data).toEqual({ true: '2', x: '3' })
    expect(printed).toBe(
      [
        'a.yaml:8:3: warning[source/duplicate-key]: the key `x` is there twice; the last one counts, and the other is lost',
        '  8 |   "x": "3"',
        '    |   ^^^',
        '  a.yaml:6:3: first written here',
        '    6 |   x: "1"',
        '      |   ^',
        '  hint: join the two, or remove one',
        '',
      ].join('\n'),
    )
  })

  test.each([
    ['in a flow mapping', 'metadata: { name: a, name: b }', 1],
    ['deep in a list', 'spec:\n  list:\n  - a: 1\n    b: 2\n    a: 3\n', 1],
    ['not across list entries', 'spec:\n  - a: 1\n    b: 1\n  - a: 2\n    b: 2\n', 0],
    ['not across mappings', 'a:\n  x: 1\nb:\n  x: 2\n', 0],
    ['not in a block of text', 'data:\n  k: |\n    x: 1\n    x: 2\n', 0],
    ['not of merges', 'a: &a { x: 1 }\nb: &b { y: 1 }\nc:\n  <<: *a\n  x: 1\n', 0],
  ])('a key twice: %s', async (_, text, count) => {
    const { codes } = await readFiles(engine, { 'a.yaml': `apiVersion: v1\nkind: ConfigMap\n${text}` })
    expect(codes.filter((code) => code === 'source/duplicate-key')).toHaveLength(count)
  })

  test('bytes that are no UTF-8 are named by place, UTF-16 by name', async () => {
    const latin = new Uint8Array([
      ...new TextEncoder().encode('a: "�"\nb: "gr'),
      0xfc,
      ...new TextEncoder().encode('n"\n'),
    ])
    const { printed } = await readFiles(engine, {
      'a.yaml': configMap('a'),
      'latin.yaml': latin,
      'wide.yaml': new Uint8Array([0xff, 0xfe, 0x61, 0]),
    })
    expect(printed).toContain(
      'latin.yaml:2:7: error[source/not-utf8]: the file is not UTF-8: this byte cannot be read\n',
    )
    expect(printed).toContain(
      'wide.yaml:1:1: error[source/not-utf8]: the file is UTF-16 (little endian), not UTF-8\n',
    )
  })

  test('a file of 50 MB is not read', async () => {
    const { printed } = await readFiles(engine, {
      'a.yaml': configMap('a'),
      'values.yaml': new Uint8Array(50 * 1024 * 1024).fill(0x20),
    })
    expect(printed).toContain(
      'values.yaml:1:1: error[source/file-too-large]: values.yaml has 50 MiB; YAML files are read up to 32 MiB\n',
    )
  })

  test('links that lead out are named and not followed; links inside are silent', async () => {
    const { printed, repository } = await readFiles(engine, {
      'a.yaml': configMap('a'),
      'fleet/inside.yaml': { link: '../a.yaml' },
      'fleet/up.yaml': { link: '../../b.yaml' },
      'fleet/absolute.yaml': { link: '/etc/passwd' },
    })
    expect(namesOf(repository)).toEqual(['a'])
    expect(printed).toContain(
      'fleet/up.yaml:1:1: warning[source/symlink-outside]: the symbolic link fleet/up.yaml leads out of the repository and is not followed\n' +
        '  1 | ../../b.yaml\n    | ^^^^^^^^^^^^\n',
    )
    expect(printed).toContain('fleet/absolute.yaml:1:1: warning[source/symlink-outside]')
    expect(printed).not.toContain('inside')
  })

  test('paths that would leave their folder are refused', async () => {
    const { codes, repository } = await readFiles(engine, {
      'a.yaml': configMap('a'),
      '../b.yaml': configMap('b'),
      'c//d.yaml': configMap('d'),
    })
    expect(codes).toEqual(['source/unsafe-path', 'source/unsafe-path'])
    expect(namesOf(repository)).toEqual(['a'])
  })
})
