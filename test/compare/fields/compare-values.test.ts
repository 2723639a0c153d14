import { describe, expect, test } from 'vitest'
import { compareValues } from '../../../src/compare/fields/compare-values.ts'
import { formatFieldPath } from '../../../src/compare/fields/field-path.ts'
import { parseExactJson } from '../../../src/kubernetes/exact-json.ts'
import { builtInListKeys } from '../../../src/kubernetes/list-keys.ts'
import type { ListKeys } from '../../../src/kubernetes/list-keys.ts'

/** `changed spec.replicas 1 → 2`, one line each. */
function compared(
  before: unknown,
  after: unknown,
  listKeys: (path: readonly string[]) => ListKeys | undefined = () => undefined,
): readonly string[] {
  return compareValues(before, after, { listKeys }).map((change) =>
    [
      `${change.change} ${formatFieldPath(change.path)}`,
      ...('before' in change ? [JSON.stringify(change.before)] : []),
      ...('after' in change ? ['→', JSON.stringify(change.after)] : []),
      ...(change.index === undefined ? [] : [`at ${change.index}`]),
      ...(change.routine === undefined ? [] : [`(${change.routine})`]),
    ].join(' '),
  )
}

const always = (keys: ListKeys) => () => keys

describe('maps', () => {
  test('are compared by key, in the order of keys', () => {
    expect(compared({ b: 1, c: { d: 1, e: null }, a: 1 }, { c: { d: 2, e: null }, a: 1, z: {} })).toEqual([
      'removed b 1',
      'changed c.d 1 → 2',
      'added z → {}',
    ])
  })

  test('tell null, nothing and what is empty apart', () => {
    expect(compared({ a: null, b: {}, c: [] }, { b: null, c: {} })).toEqual([
      'removed a null',
      'changed b {} → null',
      'changed c [] → {}',
    ])
  })

  test('may have names that JavaScript knows', () => {
    expect(compared(JSON.parse('{"__proto__":1}'), { toString: 1 })).toEqual([
      'removed __proto__ 1',
      'added toString → 1',
    ])
  })
})

describe('numbers', () => {
  test('that a double cannot hold are compared by their text', () => {
    const wide = '{"a":9007199254740993,"b":9007199254740993}'
    expect(
      compared(parseExactJson(wide), parseExactJson('{"a":9007199254740993,"b":9007199254740992}')),
    ).toEqual(['changed b 9007199254740993 → 9007199254740992'])
  })

  test('are not texts', () => {
    expect(compared({ a: 1 }, { a: '1' })).toEqual(['changed a 1 → "1"'])
  })
})

describe('lists that merge by key', () => {
  const containers = (...names: string[]) => ({ containers: names.map((name) => ({ name, image: 'a' })) })

  test('are asked for by the names of fields alone', () => {
    const asked: string[] = []
    const listKeys = (path: readonly string[]) => {
      asked.push(path.join('.'))
      return path.at(-1) === 'ports' ? ['containerPort', 'protocol'] : ['name']
    }
    const pod = (image: string, port: number) => ({
      spec: { containers: [{ name: 'app', image, ports: [{ containerPort: port }] }] },
    })
    expect(compared(pod('a', 80), pod('b', 81), listKeys)).toEqual([
      'changed spec.containers[name=app].image "a" → "b"',
      'removed spec.containers[name=app].ports[containerPort=80,protocol=TCP] {"containerPort":80}',
      'added spec.containers[name=app].ports[containerPort=81,protocol=TCP] → {"containerPort":81} at 0',
    ])
    expect(asked).toEqual(['spec.containers', 'spec.containers.ports'])
  })

  test('keep an item whose default is written out', () => {
    const keys = always(['containerPort', 'protocol'])
    expect(
      compared({ ports: [{ containerPort: 80 }] }, { ports: [{ containerPort: 80, protocol: 'TCP' }] }, keys),
    ).toEqual(['added ports[containerPort=80,protocol=TCP].protocol → "TCP"'])
  })

  test('lose nothing to the order of their items', () => {
    expect(compared(containers('a', 'b', 'c'), containers('b', 'x', 'a'), always(['name']))).toEqual([
      expect.stringMatching(/^reordered containers .* \(order\)$/),
      'removed containers[name=c] {"name":"c","image":"a"}',
      'added containers[name=x] → {"name":"x","image":"a"} at 1',
    ])
  })

  test.each([
    ['containers', 'order'],
    ['initContainers', undefined],
    ['webhooks', undefined],
  ])('in another order: %s → %s', (name, routine) => {
    const [a, b] = [{ name: 'a' }, { name: 'b' }]
    const options = { listKeys: always(['name']) }
    const changes = compareValues({ [name]: [a, b] }, { [name]: [b, a] }, options)
    expect(changes).toEqual([
      { path: [name], change: 'reordered', before: [a, b], after: [b, a], ...(routine && { routine }) },
    ])
  })

  test('whose order carries meaning once an item refers to another are news', () => {
    const [a, b] = [
      { name: 'A', value: 'x' },
      { name: 'B', value: '$(A)' },
    ]
    const other = { name: 'C', value: 'y' }
    const routineOf = (before: unknown[], after: unknown[]) =>
      compareValues({ env: before }, { env: after }, { listKeys: always(['name']) }).map(
        ({ routine }) => routine,
      )
    expect(routineOf([a, other], [other, a])).toEqual(['order'])
    expect(routineOf([a, b], [b, a])).toEqual([undefined])
  })

  test.each([
    ['a key twice', [{ name: 'a' }, { name: 'a', x: 1 }], [{ name: 'a' }, { name: 'a', x: 2 }]],
    ['an item without key', [{ name: 'a' }, { x: 1 }], [{ name: 'a' }, { x: 2 }]],
    ['a key that is no scalar', [1, { name: {}, x: 1 }], [1, { name: {}, x: 2 }]],
  ])('are compared by place for %s', (_why, before, after) => {
    expect(compared(before, after, always(['name']))).toEqual(['changed [1].x 1 → 2'])
  })
})

describe('sets', () => {
  test('have items that are known by themselves', () => {
    expect(compared({ add: ['A', 'B'] }, { add: ['C', 'B', 'D'] }, always('set'))).toEqual([
      'removed add[=A] "A"',
      'added add[=C] → "C" at 0',
      'added add[=D] → "D" at 2',
    ])
  })

  test('have no order', () => {
    expect(compared(['A', 'B'], ['B', 'A'], always('set'))).toEqual([
      'reordered . ["A","B"] → ["B","A"] (order)',
    ])
  })

  test('are compared by place where an item is there twice', () => {
    expect(compared(['A', 'A'], ['A', 'A', 'A'], always('set'))).toEqual(['added [2] → "A"'])
  })
})

describe('lists without keys', () => {
  const rules = (...resources: string[]) =>
    resources.map((resource) => ({ resources: [resource], verbs: ['get'] }))

  test('do not change every later item for one that is inserted', () => {
    expect(compared(rules('a', 'b', 'c'), rules('a', 'x', 'b', 'c'), always('atomic'))).toEqual([
      'added [1] → {"resources":["x"],"verbs":["get"]}',
    ])
  })

  test('pair what is most alike', () => {
    const before = [
      { host: 'a', path: '/' },
      { host: 'b', path: '/b', port: 1 },
    ]
    const after = [
      { host: 'x', weight: 3 },
      { host: 'a', path: '/' },
      { host: 'b', path: '/b', port: 2 },
    ]
    expect(compared(before, after, always('atomic'))).toEqual([
      'added [0] → {"host":"x","weight":3}',
      'changed [1].port 1 → 2',
    ])
  })

  test('pair a flag with the same flag', () => {
    const before = ['run', '--level=info', '--old']
    const after = ['run', '--new', '--level=debug', '--more']
    expect(compared(before, after, always('atomic'))).toEqual([
      'added [1] → "--new"',
      'changed [1] "--level=info" → "--level=debug"',
      'changed [2] "--old" → "--more"',
    ])
  })

  test('in another order have changed', () => {
    expect(compared(['a', 'b', 'b'], ['b', 'a', 'b'], always('atomic'))).toEqual([
      'reordered . ["a","b","b"] → ["b","a","b"]',
    ])
  })

  test('do not make an item of another type of one that goes', () => {
    expect(compared([{ a: 1 }, 'x', 1], [[1], { b: 1 }, 1], always('atomic'))).toEqual([
      'removed [0] {"a":1}',
      'removed [1] "x"',
      'added [0] → [1]',
      'added [1] → {"b":1}',
    ])
  })
})

describe('lists of which nobody knows the keys', () => {
  test.each([
    ['name', [{ name: 'a', x: 1 }], 'changed [name=a].x 1 → 2'],
    ['key', [{ key: 'a', x: 1 }], 'changed [key=a].x 1 → 2'],
    ['id', [{ id: 7, x: 1 }], 'changed [id=7].x 1 → 2'],
    [
      'name, which is there twice, and namespace',
      [
        { name: 'a', namespace: 'm', x: 1 },
        { name: 'a', namespace: 'n', x: 1 },
      ],
      'changed [name=a,namespace=m].x 1 → 2',
    ],
    [
      'port and protocol',
      [
        { port: 53, protocol: 'UDP', x: 1 },
        { port: 53, protocol: 'TCP', x: 1 },
      ],
      'changed [port=53,protocol=UDP].x 1 → 2',
    ],
    ['nothing but their place', [{ y: 1, x: 1 }], 'changed [0].x 1 → 2'],
  ])('go by %s', (_key, before, expected) => {
    const [first, ...rest] = before
    // Another place: what is known by a key is found all the same.
    const isKeyed = expected.includes('=')
    const after = isKeyed ? [...rest, { ...first, x: 2 }] : [{ ...first, x: 2 }, ...rest]
    expect(compared(before, after).filter((line) => !line.startsWith('reordered'))).toEqual([expected])
  })

  test('may have an order that carries meaning', () => {
    expect(compared([{ name: 'a' }, { name: 'b' }], [{ name: 'b' }, { name: 'a' }])).toEqual([
      'reordered . [{"name":"a"},{"name":"b"}] → [{"name":"b"},{"name":"a"}]',
    ])
  })

  test('show a scalar that comes or goes as itself', () => {
    expect(compared(['a', 'b'], ['b', 'c', 'd'].slice(0, 1))).toEqual(['removed [=a] "a"'])
    expect(compared(['a', 'b'], ['a', 'x', 'b'])).toEqual(['added [=x] → "x" at 1'])
  })

  test('show a scalar that becomes another at its place', () => {
    expect(compared({ hosts: ['app.eu.example.com'] }, { hosts: ['app.us.example.com'] })).toEqual([
      'changed hosts[0] "app.eu.example.com" → "app.us.example.com"',
    ])
  })
})

test('the tables of built-in kinds fit', () => {
  const deployment = (port: number, ...args: string[]) => ({
    spec: { template: { spec: { containers: [{ name: 'app', args, ports: [{ containerPort: port }] }] } } },
  })
  const listKeys = (path: readonly string[]) => builtInListKeys('apps/v1', 'Deployment', path)
  expect(compared(deployment(80, '--a', '--b'), deployment(80, '--b', '--a'), listKeys)).toEqual([
    'reordered spec.template.spec.containers[name=app].args ["--a","--b"] → ["--b","--a"]',
  ])
})

describe('values of any depth and length', () => {
  test('are compared without running out of stack', () => {
    const nested = (leaf: unknown, wrap: (value: unknown) => unknown) => {
      let value = leaf
      for (let depth = 0; depth < 20_000; depth += 1) value = wrap(value)
      return value
    }
    for (const wrap of [(value: unknown) => ({ a: value }), (value: unknown) => [value]]) {
      const options = { listKeys: () => undefined }
      expect(compareValues(nested(1, wrap), nested(1, wrap), options)).toEqual([])
      const changes = compareValues(nested(1, wrap), nested(2, wrap), options)
      expect(changes.map(({ path, change }) => [path.length, change])).toEqual([[100, 'changed']])
    }
  })

  test('are compared in time', () => {
    const list = (from: number) => Array.from({ length: 20_000 }, (_, index) => ({ n: [from + index] }))
    const changes = compareValues(list(0), list(3), { listKeys: () => undefined })
    expect(changes.map(({ path, change }) => `${change} ${formatFieldPath(path)}`)).toEqual([
      ...['removed [0]', 'removed [1]', 'removed [2]'],
      ...['added [19997]', 'added [19998]', 'added [19999]'],
    ])
  })
})
