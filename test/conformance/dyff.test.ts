import { execFileSync } from 'node:child_process'
import { mkdtempSync, readFileSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { gunzipSync } from 'node:zlib'
import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import { compareObjects } from '../../src/compare/fields/compare-objects.ts'
import type { FieldChange } from '../../src/compare/types.ts'
import type { Engine, JsonObject } from '../../src/engine/types.ts'
import { parseExactJson } from '../../src/kubernetes/exact-json.ts'
import { builtInListKeys } from '../../src/kubernetes/list-keys.ts'
import { createTestEngine } from '../engine/built-engine.ts'
import { requireShared, sharedFolder } from '../shared.ts'
import { readCorpusRows } from './corpus-rows.ts'
import type { CorpusRow } from './corpus-rows.ts'
import { dyffDifferences } from './dyff-differences.ts'
import { parseDyffReport, project } from './dyff-report.ts'
import type { Projection } from './dyff-report.ts'

/*
 * The same fields differ for us and for dyff, wherever both claim to know: in a pair of files of our own, whose report is
 * kept, and, where FLEETWRIGHT_DYFF names the program, between what charts of the corpus render with different values.
 */

const dyff = process.env['FLEETWRIGHT_DYFF']
const fixture = (name: string) => join(import.meta.dirname, '../../fixtures/conformance/dyff', name)

let engine: Engine

beforeAll(async () => {
  engine = await createTestEngine()
})

afterAll(async () => {
  await engine.close()
})

function reportOf(program: string, before: string, after: string): string {
  const grain = ['--detect-renames=false', '--format-strings=false', '--no-cert-inspection']
  const form = ['-o', 'github', '--omit-header', '--color', 'off', '--use-go-patch-style']
  return execFileSync(program, ['between', ...form, ...grain, before, after], {
    encoding: 'utf8',
    maxBuffer: 1 << 28,
  })
}

type Documents = ReadonlyMap<string, JsonObject>

/** By the names that dyff gives documents. */
async function readDocuments(text: string): Promise<Documents> {
  const [documents = []] = await engine.parseYaml([text])
  const objects = documents.flatMap(({ json }) =>
    json === undefined ? [] : [parseExactJson(json) as JsonObject],
  )
  return new Map(objects.map((object) => [nameOf(object), object]))
}

function nameOf({ apiVersion, kind, metadata }: JsonObject): string {
  const { namespace, name } = (metadata ?? {}) as JsonObject
  return [apiVersion, kind, namespace, name].filter((part) => typeof part === 'string').join('/')
}

function compareDocuments(before: Documents, after: Documents): ReadonlyMap<string, readonly FieldChange[]> {
  const pairs = [...before].flatMap(([name, object]) => {
    const other = after.get(name)
    return other === undefined ? [] : [[name, object, other] as const]
  })
  return new Map(
    pairs.map(([name, object, other]) => {
      const { apiVersion, kind } = object as { readonly apiVersion: string; readonly kind: string }
      const listKeys = (path: readonly string[]) => builtInListKeys(apiVersion, kind, path)
      return [name, compareObjects(object, other, { listKeys })]
    }),
  )
}

async function projectBoth(before: string, after: string, report: string): Promise<Map<string, Projection>> {
  const changes = compareDocuments(await readDocuments(before), await readDocuments(after))
  const entries = parseDyffReport(report)
  return new Map([...changes].map(([name, fields]) => [name, project(fields, entries.get(name) ?? [])]))
}

function sorted(lines: Iterable<string>): readonly string[] {
  return [...lines].sort()
}

describe('the fields that differ between two files', () => {
  test('are those that dyff reports', async () => {
    const [before, after] = [
      readFileSync(fixture('before.yaml'), 'utf8'),
      readFileSync(fixture('after.yaml'), 'utf8'),
    ]
    const both = await projectBoth(before, after, readFileSync(fixture('report.txt'), 'utf8'))
    expect([...both.keys()]).toEqual([
      'v1/Namespace/shop',
      'apps/v1/Deployment/shop/web',
      'v1/ConfigMap/shop/web',
      'rbac.authorization.k8s.io/v1/ClusterRole/web',
      'example.com/v1/Widget/round',
      'v1/Service/shop/unchanged',
    ])
    for (const { ours, theirs } of both.values()) expect(sorted(ours)).toEqual(sorted(theirs))
    const all = [...both.values()].flatMap(({ theirs }) => [...theirs])
    expect(all.length).toBe(38)
    expect(sorted(all.filter((line) => line.startsWith('list ')))).toEqual([
      'list /rules',
      'list /spec/hosts',
      'list /spec/list',
      'list /spec/template/spec/containers/name=app/args',
      'list /spec/template/spec/containers/name=app/ports',
    ])
  })

  test.skipIf(dyff === undefined)('are reported by dyff as the kept report says', () => {
    const report = reportOf(dyff ?? '', fixture('before.yaml'), fixture('after.yaml'))
    if (process.env['UPDATE'] === '1') writeFileSync(fixture('report.txt'), report)
    expect(report).toBe(readFileSync(fixture('report.txt'), 'utf8'))
  })
})

/** The first case of each chart against the last one. */
const casePairs = [
  ...Map.groupBy(
    readCorpusRows().filter(
      ({ kind, result, golden, deterministic }) =>
        kind === 'chart' && result === 'ok' && golden !== '' && deterministic,
    ),
    ({ name }) => name,
  ),
].flatMap(([name, [before, ...more]]) => {
  const after = more.at(-1)
  return before === undefined || after === undefined ? [] : [{ name, before, after }]
})

describe.skipIf(dyff === undefined || sharedFolder() === undefined)('the corpus', () => {
  const intended = dyffDifferences.flatMap(({ cases }) => cases)
  const seen = new Set<string>()
  const counts = { pairs: 0, objects: 0, fields: 0, lists: 0 }

  afterAll(() => {
    console.log(`dyff: ${JSON.stringify(counts)}`)
  })

  const readGolden = ({ golden }: CorpusRow): string =>
    gunzipSync(readFileSync(join(requireShared(), 'corpus', golden))).toString()

  test.each(casePairs)('$name: $before.case, $after.case', async ({ name, before, after }) => {
    const texts = [readGolden(before), readGolden(after)] as const
    const folder = mkdtempSync(join(tmpdir(), 'dyff-'))
    const [from, to] = [join(folder, 'before.yaml'), join(folder, 'after.yaml')]
    writeFileSync(from, texts[0])
    writeFileSync(to, texts[1])
    const report = reportOf(dyff ?? '', from, to)
    counts.pairs += 1
    for (const [object, { ours, theirs }] of await projectBoth(...texts, report)) {
      counts.objects += 1
      for (const line of theirs) counts[line.startsWith('list ') ? 'lists' : 'fields'] += 1
      const id = `${name}: ${object}`
      if (intended.includes(id) && sorted(ours).join() !== sorted(theirs).join()) seen.add(id)
      else expect(sorted(ours), id).toEqual(sorted(theirs))
    }
  })

  test('differs where it is meant to', () => {
    expect(sorted(seen)).toEqual(sorted(intended))
    expect(counts.pairs).toBeGreaterThan(70)
    expect(counts.fields).toBeGreaterThan(150)
  })
})
