import { describe, expect, test } from 'vitest'
import { compare, dangerTexts } from '../../../src/compare/compare.ts'
import { findDangers } from '../../../src/compare/dangers/dangers.ts'
import type { Plan } from '../../../src/resolve/types.ts'
import { compareWritten, plainOptions, toSide } from '../side-double.ts'
import { lines, rest, unit } from './told-dangers.ts'

const deployment = (replicas: number, name = 'web') =>
  `apiVersion: apps/v1\nkind: Deployment\nmetadata: { name: ${name}, namespace: shop }\nspec: { replicas: ${replicas} }\n`

describe('folding and order', () => {
  test('what is equal but for the cluster is told once, with all clusters', async () => {
    const before = { 'fleet/b': { web: unit(deployment(3)) }, 'fleet/a': { web: unit(deployment(3)) } }
    const after = { 'fleet/a': { web: unit(deployment(0)) }, 'fleet/b': { web: unit(deployment(0)) } }
    const { dangers } = await compareWritten(before, after)
    expect(dangers).toEqual([
      {
        rule: 'replicas-zero',
        severity: 'high',
        message: 'Deployment shop/web goes from 3 to 0 replicas',
        clusters: ['fleet/a', 'fleet/b'],
        unit: 'web',
        object: {
          ...{ apiVersion: 'apps/v1', kind: 'Deployment', namespace: 'shop', name: 'web', unit: 'web' },
          path: 'clusters/fleet/a/web/deployment-shop-web.yaml',
        },
        path: ['spec', 'replicas'],
      },
    ])
  })

  test('other values, and other units, are other dangers', async () => {
    const before = {
      'fleet/a': { web: unit(deployment(3)), too: unit(deployment(3)) },
      'fleet/b': { web: unit(deployment(2)) },
    }
    const after = {
      'fleet/a': { web: unit(deployment(0)), too: unit(deployment(0)) },
      'fleet/b': { web: unit(deployment(0)) },
    }
    const { dangers } = await compareWritten(before, after)
    expect(dangers.map(({ message, unit: name, clusters }) => [message, name, clusters])).toEqual([
      ['Deployment shop/web goes from 2 to 0 replicas', 'web', ['fleet/b']],
      ['Deployment shop/web goes from 3 to 0 replicas', 'too', ['fleet/a']],
      ['Deployment shop/web goes from 3 to 0 replicas', 'web', ['fleet/a']],
    ])
  })

  test('the most severe first, then in the order of the rules', async () => {
    const before = { 'fleet/a': { db: unit(deployment(1, 'db')), web: unit(`${rest}---\n${deployment(1)}`) } }
    const after = { 'fleet/a': { web: unit(deployment(0)) } }
    expect(lines(await compareWritten(before, after))).toEqual([
      'high unit-removed: db is removed with its 1 object',
      'high replicas-zero: Deployment shop/web goes from 1 to 0 replicas',
      'medium object-removed: ConfigMap shop/rest is removed',
    ])
  })

  test('equal trees give none', async () => {
    const tree = { 'fleet/a': { web: unit(deployment(0)) } }
    expect((await compareWritten(tree, tree)).dangers).toEqual([])
  })
})

describe('places', () => {
  test('a danger stands where the unit is asked for after the change, or was before', async () => {
    const file = (path: string) => ({ path, text: 'a unit' })
    const plan = { clusters: [] } as unknown as Plan
    const before = toSide({ 'fleet/a': { gone: unit(rest), web: unit(deployment(1)) } }, { plan })
    const after = toSide({ 'fleet/a': { web: unit(deployment(0)) } }, { plan: { ...plan } })
    const { changes } = await compare(before, after, plainOptions)
    const dangers = findDangers(changes, {
      ...{ before, after },
      placeOfUnit: (of, _, name) =>
        of === after.plan && name === 'gone'
          ? undefined
          : { file: file(of === after.plan ? 'head.yaml' : 'base.yaml'), start: 2, end: 6 },
    })
    expect(dangers.map(({ rule, span, side }) => [rule, span?.file.path, side])).toEqual([
      ['unit-removed', 'base.yaml', 'before'],
      ['replicas-zero', 'head.yaml', 'after'],
    ])
  })
})

describe('the reference', () => {
  test.each(Object.entries(dangerTexts))('%s is documented under its name', (key, text) => {
    expect(text.name).toBe(key)
    for (const part of [text.what, text.why, text.example, text.fix]) expect(part.trim()).not.toBe('')
    expect(text.what).toMatch(/^[A-Z].*\.$/)
    expect(text.example).toMatch(/^[ +-] /m)
  })
})
