import fc from 'fast-check'
import { describe, expect, test } from 'vitest'
import { comparePaths, formatFieldPath } from '../../../src/compare/fields/field-path.ts'
import type { FieldPath, PathStep } from '../../../src/compare/types.ts'

const paths: fc.Arbitrary<FieldPath> = fc.array(
  fc.oneof(
    fc.string({ maxLength: 3 }),
    fc.constantFrom('a', 'name', '0', 'a.b', 'a]', '["a"]', '=a', '🙂'),
    fc.nat(3),
    fc.dictionary(
      fc.constantFrom('', 'a', 'b', 'a=', 'ä'),
      fc.constantFrom('x', '1', 'true', '', 'a,b', 1, true),
      {
        minKeys: 1,
        maxKeys: 2,
      },
    ),
  ) satisfies fc.Arbitrary<PathStep>,
  { maxLength: 3 },
)

describe('a path of fields', () => {
  test.each<[FieldPath, string]>([
    [
      ['spec', 'template', 'spec', 'containers', { name: 'app' }, 'image'],
      'spec.template.spec.containers[name=app].image',
    ],
    [['metadata', 'annotations', 'a.b/c'], 'metadata.annotations["a.b/c"]'],
    [['data', 'with "quotes"\n'], 'data["with \\"quotes\\"\\n"]'],
    [['args', 0], 'args[0]'],
    [['ports', { containerPort: 80, protocol: 'TCP' }, 'name'], 'ports[containerPort=80,protocol=TCP].name'],
    [['ports', { port: '80' }], 'ports[port="80"]'],
    [['volumeMounts', { mountPath: '/var/lib' }], 'volumeMounts[mountPath=/var/lib]'],
    [['env', { name: 'a b]' }], 'env[name="a b]"]'],
    [['capabilities', 'add', { '': 'NET_ADMIN' }], 'capabilities.add[=NET_ADMIN]'],
    [[{ '': true }, 'x'], '[=true].x'],
    [[], '.'],
  ])('%j reads %s', (path, text) => {
    expect(formatFieldPath(path)).toBe(text)
  })

  test('reads otherwise than every other path', () => {
    fc.assert(
      fc.property(paths, paths, (a, b) => {
        const isSame = JSON.stringify(a) === JSON.stringify(b)
        expect(formatFieldPath(a) === formatFieldPath(b)).toBe(isSame)
      }),
      { numRuns: 2000 },
    )
  })
})

describe('the order of paths', () => {
  test('is by code unit, step by step, with what lies below behind', () => {
    const sorted: FieldPath[] = [
      [],
      ['a'],
      ['a', 'Z'],
      ['a', 'b'],
      ['a', 2],
      ['a', 10],
      ['a', { name: 'x' }],
      ['a', { name: 'y' }],
      ['b'],
      [1],
    ]
    expect(sorted.toReversed().sort(comparePaths)).toEqual(sorted)
  })

  test('is total', () => {
    fc.assert(
      fc.property(paths, paths, paths, (a, b, c) => {
        expect(Math.sign(comparePaths(a, b)) + Math.sign(comparePaths(b, a))).toBe(0)
        expect(comparePaths(a, b) === 0).toBe(JSON.stringify(a) === JSON.stringify(b))
        if (comparePaths(a, b) <= 0 && comparePaths(b, c) <= 0)
          expect(comparePaths(a, c)).toBeLessThanOrEqual(0)
      }),
    )
  })
})
