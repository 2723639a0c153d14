import { describe, expect, test } from 'vitest'
import { formatFieldPath } from '../../src/compare/fields/field-path.ts'
import type { Comparison, FieldFold, ObjectFold } from '../../src/compare/types.ts'
import type { JsonObject } from '../../src/engine/types.ts'
import { createTestEngine } from '../engine/built-engine.ts'
import { compareWritten, configMap, deployment, podTemplate, type WrittenSide } from './side-double.ts'

/** One unit with these objects in each cluster. */
function fleet(
  objects: (cluster: string) => readonly JsonObject[],
  clusters: readonly string[] = ['fleet/eu', 'fleet/us', 'fleet/web'],
): WrittenSide {
  return Object.fromEntries(clusters.map((id) => [id, { 'helm-web-web': { objects: objects(id) } }]))
}

function nameOf(id: string): string {
  return id.slice(id.indexOf('/') + 1)
}

function objectFolds({ folds }: Comparison): readonly ObjectFold[] {
  return folds.flatMap(({ objects }) => objects)
}

/** `data.a: 1 → 2 (fleet/eu), 1 → 3 (fleet/us)` */
function describeFields(fields: readonly FieldFold[]): readonly string[] {
  return fields.map(({ path, values }) => {
    const rows = values.map((row) => {
      const [before, after] = [row.before, row.after].map((value) => JSON.stringify(value))
      return `${before ?? '-'} → ${after ?? '-'} (${row.clusters.map(nameOf).join(' ')})`
    })
    return `${formatFieldPath(path)}: ${rows.join(', ')}`
  })
}

describe('folds', () => {
  test('equal changes of three clusters are one, with one row a field', async () => {
    const comparison = await compareWritten(
      fleet(() => [deployment('app', { replicas: 1 })]),
      fleet(() => [deployment('app', { replicas: 2 })]),
    )
    expect(comparison.folds).toHaveLength(1)
    expect(comparison.folds[0]).toMatchObject({
      unit: 'helm-web-web',
      change: 'changed',
      clusters: ['fleet/eu', 'fleet/us', 'fleet/web'],
    })
    const [fold] = objectFolds(comparison)
    expect(fold?.clusters).toEqual(['fleet/eu', 'fleet/us', 'fleet/web'])
    expect(describeFields(fold?.fields ?? [])).toEqual(['spec.replicas: 1 → 2 (eu us web)'])
  })

  test('the same fields with other values share a fold, the largest group of clusters first', async () => {
    const comparison = await compareWritten(
      fleet((id) => [deployment('app', { replicas: id === 'fleet/eu' ? 5 : 1 })]),
      fleet((id) => [deployment('app', { replicas: id === 'fleet/eu' ? 6 : 2 })]),
    )
    const [fold, ...others] = objectFolds(comparison)
    expect(others).toEqual([])
    expect(describeFields(fold?.fields ?? [])).toEqual(['spec.replicas: 1 → 2 (us web), 5 → 6 (eu)'])
  })

  test('other fields are another fold', async () => {
    const comparison = await compareWritten(
      fleet(() => [deployment('app', { replicas: 1, paused: false })]),
      fleet((id) => [deployment('app', id === 'fleet/eu' ? { replicas: 2 } : { paused: true })]),
    )
    expect(objectFolds(comparison).map(({ clusters }) => clusters)).toEqual([
      ['fleet/eu'],
      ['fleet/us', 'fleet/web'],
    ])
  })

  test('names that differ by the cluster alone count as one, in a unit, an object and a field', async () => {
    const tree = (value: string): WrittenSide =>
      Object.fromEntries(
        ['fleet/eu', 'fleet/us'].map((id) => {
          const name = nameOf(id)
          const data = { [`zone-${name}`]: value, [`a-${name}`]: `${name} ${value}`, neutral: value }
          return [id, { [`helm-agent-${name}`]: { objects: [configMap(`agent-${name}`, data)] } }]
        }),
      )
    const comparison = await compareWritten(tree('1'), tree('2'))
    expect(comparison.folds.map(({ unit, clusters }) => [unit, clusters])).toEqual([
      ['helm-agent-eu', ['fleet/eu', 'fleet/us']],
    ])
    const [fold] = objectFolds(comparison)
    expect(fold?.after?.name).toBe('agent-eu')
    expect(describeFields(fold?.fields ?? [])).toEqual([
      'data.a-eu: "eu 1" → "eu 2" (eu), "us 1" → "us 2" (us)',
      'data.neutral: "1" → "2" (eu us)',
      'data.zone-eu: "1" → "2" (eu us)',
    ])
  })

  test('fields whose order depends on the name of the cluster keep their values', async () => {
    const clusters = ['fleet/aa', 'fleet/zz']
    const tree = (id: string, value: string) => [
      configMap('settings', { [nameOf(id)]: `own ${value}`, middle: `all ${value}` }),
    ]
    const comparison = await compareWritten(
      fleet((id) => tree(id, '1'), clusters),
      fleet((id) => tree(id, '2'), clusters),
    )
    expect(objectFolds(comparison).map(({ fields }) => describeFields(fields))).toEqual([
      ['data.aa: "own 1" → "own 2" (aa zz)', 'data.middle: "all 1" → "all 2" (aa zz)'],
    ])
  })

  test('a cluster may be called like an object of all clusters', async () => {
    const comparison = await compareWritten(
      fleet(() => [configMap('web', { a: '1' })]),
      fleet(() => [configMap('web', { a: '2' })]),
    )
    expect(objectFolds(comparison).map(({ clusters }) => clusters)).toEqual([
      ['fleet/eu', 'fleet/us', 'fleet/web'],
    ])
  })

  test('the cluster is blanked out with its namespace where both stand together', async () => {
    const clusters = ['north/a', 'south/a']
    const tree = (id: string, value: string) => [configMap(`${id.replace('/', '-')}-settings`, { value })]
    const comparison = await compareWritten(
      fleet((id) => tree(id, '1'), clusters),
      fleet((id) => tree(id, '2'), clusters),
    )
    expect(objectFolds(comparison).map((fold) => fold.clusters)).toEqual([clusters])
  })

  test('versions and owners that differ are different rows of the placement', async () => {
    const tree = (versions: Readonly<Record<string, string>>): WrittenSide =>
      Object.fromEntries(
        Object.entries(versions).map(([id, version]) => [
          id,
          { 'helm-web-web': { chart: { name: 'web', version }, objects: [configMap('a', { version })] } },
        ]),
      )
    const comparison = await compareWritten(
      tree({ 'fleet/a': '1', 'fleet/b': '1', 'fleet/c': '2' }),
      tree({ 'fleet/a': '3', 'fleet/b': '3', 'fleet/c': '3' }),
    )
    expect(
      comparison.folds.map(({ before, after, clusters }) => [
        before?.chart?.version,
        after?.chart?.version,
        clusters,
      ]),
    ).toEqual([
      ['1', '3', ['fleet/a', 'fleet/b']],
      ['2', '3', ['fleet/c']],
    ])
  })

  test('placement comes first, then changes, then what is routine', async () => {
    const labelled = (version: string) => ({
      objects: [deployment('app', {}, { 'helm.sh/chart': `a-${version}` })],
    })
    const changed = (replicas: number) => ({ objects: [deployment('app', { replicas })] })
    const comparison = await compareWritten(
      {
        'fleet/a': { b: changed(1), c: changed(1), a: labelled('1.0'), lost: changed(1), moved: changed(1) },
      },
      {
        'fleet/a': {
          ...{ b: changed(2), c: changed(2), a: labelled('1.1'), gained: changed(1) },
          moved: { ...changed(1), settings: { profile: 'ClusterProfile/other' } },
        },
      },
    )
    expect(comparison.folds.map(({ unit, change, routine }) => [unit, change, routine])).toEqual([
      ['lost', 'lost', false],
      ['gained', 'gained', false],
      ['moved', 'moved', false],
      ['b', 'changed', false],
      ['c', 'changed', false],
      ['a', 'changed', true],
    ])
  })

  test('images say in which clusters they change', async () => {
    const tree = (tag: string, others: string) =>
      fleet((id) => [deployment('app', podTemplate(`app:${id === 'fleet/eu' ? tag : others}`))])
    const comparison = await compareWritten(tree('1', '1'), tree('3', '2'))
    expect(comparison.folds[0]?.images).toEqual([
      { image: { before: 'app:1', after: 'app:2' }, clusters: ['fleet/us', 'fleet/web'] },
      { image: { before: 'app:1', after: 'app:3' }, clusters: ['fleet/eu'] },
    ])
  })
})

describe('whole objects', () => {
  test('an added object is shown as the first cluster has it, with what differs elsewhere', async () => {
    const comparison = await compareWritten(
      {},
      fleet((id) => [
        deployment('app', {
          replicas: id === 'fleet/us' ? 3 : 1,
          ...(id === 'fleet/web' && { paused: true }),
        }),
      ]),
    )
    const [fold, ...others] = objectFolds(comparison)
    expect(others).toEqual([])
    expect(fold).toMatchObject({ change: 'added', value: deployment('app', { replicas: 1 }) })
    expect(describeFields(fold?.fields ?? [])).toEqual([
      'spec.replicas: - → 1 (eu web), - → 3 (us)',
      'spec.paused: - → - (eu us), - → true (web)',
    ])
  })

  test('a removed object tells what was there', async () => {
    const comparison = await compareWritten(
      fleet((id) => [configMap('a', { zone: nameOf(id), b: '1' })], ['fleet/eu', 'fleet/us']),
      { 'fleet/eu': {}, 'fleet/us': {} },
    )
    expect(objectFolds(comparison).map(({ fields }) => describeFields(fields))).toEqual([
      ['data.zone: "eu" → - (eu), "us" → - (us)'],
    ])
  })

  test('a part that one cluster lacks altogether is told once, and its members only where they are', async () => {
    const [eu, us, web] = [{ limits: { cpu: 1 } }, { limits: { cpu: 2 } }, {}]
    const specs: Readonly<Record<string, JsonObject>> = { 'fleet/eu': eu, 'fleet/us': us, 'fleet/web': web }
    const comparison = await compareWritten(
      {},
      fleet((id) => [deployment('app', specs[id])]),
    )
    expect(objectFolds(comparison).map(({ fields }) => describeFields(fields))).toEqual([
      ['spec.limits.cpu: - → 1 (eu), - → 2 (us)', 'spec.limits: - → {"cpu":1} (eu), - → - (web)'],
    ])
  })

  test('objects that have nothing in common but the name are apart', async () => {
    const many = (word: string): JsonObject =>
      Object.fromEntries(Array.from({ length: 20 }, (_, index) => [`${word}${index}`, '1']))
    const comparison = await compareWritten(
      {},
      fleet((id) => [configMap('a', many(id === 'fleet/us' ? 'x' : 'y'))]),
    )
    expect(objectFolds(comparison).map(({ clusters, fields }) => [clusters, fields])).toEqual([
      [['fleet/eu', 'fleet/web'], []],
      [['fleet/us'], []],
    ])
  })
})

test('texts that hold data are folded by what differs inside, where clusters agree on it', async () => {
  const engine = await createTestEngine()
  const text = (zone: string, level: string) => `zone: ${zone}\nlog:\n  level: ${level}\n`
  const tree = (level: string): WrittenSide =>
    fleet((id) => [configMap('settings', { 'app.yaml': text(nameOf(id), level) })])
  const comparison = await compareWritten(tree('info'), tree('debug'), {
    parseYaml: (texts) => engine.parseYaml(texts),
  })
  const [fold] = objectFolds(comparison)
  const [field] = fold?.fields ?? []
  expect(field).toMatchObject({ format: 'yaml', change: 'changed' })
  expect(field?.values.map(({ clusters }) => clusters)).toEqual([['fleet/eu'], ['fleet/us'], ['fleet/web']])
  expect(describeFields(field?.inside ?? [])).toEqual(['log.level: "info" → "debug" (eu us web)'])
  const added = await compareWritten({}, tree('info'), { parseYaml: (texts) => engine.parseYaml(texts) })
  const [whole] = objectFolds(added)
  expect(describeFields(whole?.fields[0]?.inside ?? [])).toEqual([
    'zone: - → "eu" (eu), - → "us" (us), - → "web" (web)',
  ])
  await engine.close()
})
