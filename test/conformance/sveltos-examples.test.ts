import { readFileSync } from 'node:fs'
import { join } from 'node:path'
import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import { createMemoryReader } from '../../src/adapters/memory/memory-reader.ts'
import { defaultConfig } from '../../src/config/config.ts'
import { formatDiagnostics } from '../../src/diagnostics/frame.ts'
import type { Diagnostic } from '../../src/diagnostics/types.ts'
import type { Engine, JsonObject } from '../../src/engine/types.ts'
import { parseIntent } from '../../src/intent/intent.ts'
import { readRepository } from '../../src/source/source.ts'
import { createTestEngine } from '../engine/built-engine.ts'
import { requireShared, sharedFolder } from '../shared.ts'
import { judge, readSveltosSchemas, type CrdSchema, type Verdict } from './crd.ts'

interface Example {
  readonly file: string
  /** Kinds of Sveltos in it, as the index of the corpus lists them. */
  readonly kinds: readonly string[]
  /** `yaml:<documents>`, `noparse` or `text`, as the index says. */
  readonly parse: string
  readonly diagnostics: readonly Diagnostic[]
  readonly values: readonly JsonObject[]
}

/**
 * Errors outside what a CRD says: the file, how many, and why they are right. v1alpha1 has no CRD to ask any more; the others
 * are what no schema can see.
 */
const knownErrors: Readonly<Record<string, string>> = {
  'event-manager/config/samples/lib_v1alpha1_eventbasedaddon.yaml': 'a name with a capital letter',
  'sveltos/docs/register/register-cluster-01.yaml': 'a name in capital letters, to be replaced by the reader',
  'event-manager/examples/create-network-policy/eventsource.yaml':
    'defines the EventSource sveltos-service twice',
  'event-manager@v0.7.2/examples/CreateNetworkPolicy/eventsource.yaml':
    'defines the EventSource sveltos-service twice',
  'sveltos@2024-03-31/docs/features/labels_management-06.yaml':
    'a mapping where v1alpha1 has a list of deployedResourceConstraints',
  'sveltos@2024-03-31/docs/observability/example_addon_notification-05.yaml':
    'v1alpha1 requires notifications',
  'sveltos@2024-07-31/docs/features/labels_management-06.yaml':
    'a mapping where v1alpha1 has a list of deployedResourceConstraints',
  'sveltos@2024-09-30/docs/events/example_loadbalancer-04.yaml':
    'a clusterRef without kind, by lost indentation',
}

const intentKinds = [
  'ClusterProfile',
  'Profile',
  'ClusterPromotion',
  'ClusterSet',
  'Set',
  'Classifier',
  'ManagementClusterClassifier',
  'EventSource',
  'EventTrigger',
  'HealthCheck',
  'ClusterHealthCheck',
  'RoleRequest',
  'SveltosCluster',
]
const apiGroup = /projectsveltos\.io\//
const textOf = (value: unknown) => (typeof value === 'string' ? value : '')
let engine: Engine
let examples: readonly Example[]
let schemas: ReadonlyMap<string, CrdSchema>

async function readExample(file: string, kinds: string, parse: string): Promise<Example> {
  const diagnostics: Diagnostic[] = []
  const report = (one: Diagnostic) => void diagnostics.push(one)
  // The corpus has Lua, templates and Markdown blocks too: all are handed in as YAML.
  const path = /\.ya?ml$/.test(file) ? file : `${file}.yaml`
  const reader = createMemoryReader({ [path]: readFileSync(join(requireShared(), 'corpus/sveltos', file)) })
  const repository = await readRepository(reader, { include: [], exclude: [] }, engine, report)
  parseIntent(repository, defaultConfig, report)
  return {
    file,
    kinds: kinds.split(',').filter((kind) => kind !== '' && kind !== '-'),
    parse,
    diagnostics,
    values: repository.documents.map(({ value }) => value),
  }
}

const rejected = [
  'intent/missing-field',
  'intent/wrong-type',
  'intent/bad-value',
  'intent/unknown-version',
  'intent/bad-selector',
  'intent/deprecated-field',
]
const warned = ['intent/unknown-field', 'intent/deprecated-field']

describe.skipIf(sharedFolder() === undefined)('examples of the Sveltos project', () => {
  beforeAll(async () => {
    engine = await createTestEngine({ workers: 2 })
    schemas = readSveltosSchemas()
    const index = readFileSync(join(requireShared(), 'corpus/sveltos/index.tsv'), 'utf8')
    const rows = index.trim().split('\n').slice(1)
    examples = await Promise.all(
      rows.map((row) => {
        const [file = '', kinds = '', , , , parse = ''] = row.split('\t')
        return readExample(file, kinds, parse)
      }),
    )
  })
  afterAll(() => engine.close())

  const codesOf = ({ diagnostics }: Example, ...codes: string[]) =>
    diagnostics.filter(({ code }) => codes.includes(code))
  const schemaVerdicts = ({ values }: Example): Verdict[] =>
    values.flatMap((value) => {
      const schema = intentKinds.includes(textOf(value.kind)) ? schemas.get(textOf(value.kind)) : undefined
      return textOf(value.apiVersion).endsWith('projectsveltos.io/v1beta1') && schema !== undefined
        ? [judge(schema, value)]
        : []
    })

  test('every one is read: none crashes, and each has its documents or says why not', () => {
    expect(examples).toHaveLength(681)
    for (const example of examples) {
      const faults = codesOf(example, 'source/malformed-yaml', 'source/skipped-yaml')
      if (example.parse.startsWith('yaml'))
        expect([example.file, faults.map(({ message }) => message)]).toEqual([example.file, []])
    }
    expect(examples.filter(({ parse }) => parse.startsWith('yaml'))).toHaveLength(627)
  })

  test('every object of Sveltos in them is found', () => {
    for (const { file, kinds, parse, values } of examples) {
      if (!parse.startsWith('yaml')) continue
      const found = values
        .filter(({ apiVersion, kind }) => apiGroup.test(textOf(apiVersion)) && typeof kind === 'string')
        .map(({ kind }) => textOf(kind))
      expect([file, kinds.filter((kind) => !found.includes(kind))]).toEqual([file, []])
    }
  })

  test('what the CRDs of 1.14 refuse gets a diagnostic that names the field', () => {
    let count = 0
    for (const example of examples) {
      const reported = codesOf(example, ...rejected).map(({ message }) => message)
      for (const path of schemaVerdicts(example).flatMap(({ refused }) => refused)) {
        count++
        const field = path.replace(/^\./, '').replace(/\[\d+\]$/, '')
        expect([
          example.file,
          path,
          reported.some((message) => message.includes(field.split(/[.[]/).at(-1) ?? field)),
        ]).toEqual([example.file, path, true])
      }
    }
    expect(count).toBeGreaterThan(5)
  })

  test('what the CRDs of 1.14 would drop gets a warning that names the field', () => {
    let count = 0
    for (const example of examples) {
      const reported = codesOf(example, ...warned, ...rejected).map(
        ({ message, hint = '' }) => `${message} ${hint}`,
      )
      for (const path of schemaVerdicts(example).flatMap(({ dropped }) => dropped)) {
        count++
        const field = path.split('.').at(-1) ?? path
        expect([example.file, path, reported.some((message) => message.includes(`${field}\``))]).toEqual([
          example.file,
          path,
          true,
        ])
      }
    }
    expect(count).toBeGreaterThan(20)
  })

  test('no error is false: each is refused by a CRD, has a wrong header, or is in the list of known ones', () => {
    const false_: string[] = []
    for (const example of examples) {
      const errors = example.diagnostics.filter(
        ({ severity, code }) => severity === 'error' && code.startsWith('intent/'),
      )
      if (errors.length === 0 || knownErrors[example.file] !== undefined) continue
      const isHeader = errors.every(
        ({ code, message }) =>
          code === 'intent/unknown-version' ||
          /lacks `(?:apiVersion|metadata)/.test(message) ||
          message.startsWith('`metadata`'),
      )
      if (isHeader || schemaVerdicts(example).some(({ refused }) => refused.length > 0)) continue
      false_.push(`${example.file}\n${formatDiagnostics(errors)}`)
    }
    expect(false_).toEqual([])
    const stale = Object.keys(knownErrors).filter(
      (file) =>
        !examples.some(
          (example) =>
            example.file === file && example.diagnostics.some(({ severity }) => severity === 'error'),
        ),
    )
    expect(stale).toEqual([])
  })

  test('the counts of what is said about them', () => {
    const counts: Record<string, number> = {}
    for (const { code, severity } of examples.flatMap(({ diagnostics }) => diagnostics)) {
      counts[`${severity} ${code}`] = (counts[`${severity} ${code}`] ?? 0) + 1
    }
    expect(Object.fromEntries(Object.entries(counts).sort())).toMatchInlineSnapshot(`
      {
        "error intent/bad-value": 3,
        "error intent/duplicate": 2,
        "error intent/missing-field": 17,
        "error intent/unknown-version": 2,
        "error intent/wrong-type": 3,
        "error source/malformed-yaml": 26,
        "note intent/deprecated-field": 174,
        "note intent/deprecated-version": 165,
        "note intent/health-check-unused": 29,
        "note intent/not-evaluated": 2,
        "note intent/notifications-not-sent": 20,
        "note intent/option-without-effect": 1,
        "note intent/removed-kind": 17,
        "warning intent/dependency-unknown": 10,
        "warning intent/deprecated-field": 11,
        "warning intent/empty-spec": 3,
        "warning intent/event-source-unknown": 37,
        "warning intent/health-check-unknown": 8,
        "warning intent/not-enforced": 28,
        "warning intent/not-staged": 4,
        "warning intent/selects-nothing": 12,
        "warning intent/template-not-rendered": 4,
        "warning intent/unknown-field": 40,
        "warning source/duplicate-key": 8,
        "warning source/no-documents": 87,
        "warning source/skipped-yaml": 28,
      }
    `)
  })
})
