import fc from 'fast-check'
import type { ListKeys } from '../../../src/kubernetes/list-keys.ts'
import { parseExactJson } from '../../../src/kubernetes/exact-json.ts'

/** Few names and few values, so that sides share keys, lists have duplicates, and items are told apart now and then. */
const names = fc.constantFrom('name', 'port', 'protocol', 'items', 'a.b/c', '__proto__', 'ключ', '')
const scalars = fc.oneof(
  fc.constantFrom('a', 'b', 'c', '', 'TCP', 'UDP', '1', 'ä🙂', 'x=$(y)'),
  fc.constantFrom(0, 1, 80, -1.5),
  fc.boolean(),
  fc.constant(null),
  fc.constantFrom('9007199254740993', '9007199254740995').map(parseExactJson),
)

const { value, map, list } = fc.letrec<{
  value: unknown
  map: Record<string, unknown>
  list: readonly unknown[]
}>((tie) => ({
  value: fc.oneof({ maxDepth: 4, depthSize: 'small' }, scalars, tie('map'), tie('list')),
  map: fc
    .array(fc.tuple(names, tie('value')), { maxLength: 4 })
    .map((entries) => Object.fromEntries(entries)),
  list: fc.oneof(
    fc.array(tie('value'), { maxLength: 6 }),
    fc.array(scalars, { maxLength: 8 }),
    fc.uniqueArray(fc.constantFrom('a', 'b', 'c', 'd', 'e', 'f', 1, 2), { maxLength: 6 }),
    keyedList(tie('map')),
  ),
}))

function keyedList(maps: fc.Arbitrary<Record<string, unknown>>): fc.Arbitrary<readonly unknown[]> {
  const keys = fc.constantFrom('a', 'b', 'c', 'd', 'e')
  const unique = fc.uniqueArray(fc.tuple(keys, maps), { selector: ([key]) => key, maxLength: 5 })
  const mostlyUnique = fc.oneof(
    { arbitrary: unique, weight: 4 },
    { arbitrary: fc.array(fc.tuple(keys, maps), { maxLength: 5 }), weight: 1 },
  )
  return mostlyUnique.map((items) => items.map(([name, rest]) => ({ ...rest, name })))
}

/** Another value that has much in common with this one: items go, come, change and trade places at every level. */
function mutated(from: unknown): fc.Arbitrary<unknown> {
  if (Array.isArray(from)) {
    const kept = fc.tuple(...from.map(someOf)).map((lists) => lists.flat(1))
    return fc.oneof(
      kept,
      kept.chain((all) => fc.shuffledSubarray(all, { minLength: all.length })),
      fc.tuple(kept, list).map(([all, more]) => [...more.slice(0, 2), ...all]),
    )
  }
  if (typeof from === 'object' && from !== null && !('rawJSON' in from)) {
    const members = Object.entries(from).map(([name, member]) =>
      // An item that keeps its name stays the same item.
      (name === 'name' ? fc.constant([member]) : someOf(member)).map((some) =>
        some.map((item) => [name, item] as const),
      ),
    )
    return fc
      .tuple(fc.tuple(...members), fc.oneof(fc.constant({}), map))
      .map(([kept, more]) => ({ ...more, ...Object.fromEntries(kept.flat(1)) }))
  }
  return fc.oneof(fc.constant(from), value)
}

/** None, itself, or something like it. */
function someOf(item: unknown): fc.Arbitrary<readonly unknown[]> {
  return fc.oneof(
    { arbitrary: fc.constant([]), weight: 1 },
    { arbitrary: fc.constant([item]), weight: 3 },
    { arbitrary: fc.constant(undefined).chain(() => mutated(item).map((other) => [other])), weight: 2 },
  )
}

export const values = value

/** Independent sides, and sides of which one was made of the other. */
export const pairs: fc.Arbitrary<readonly [unknown, unknown]> = fc.oneof(
  fc.tuple(value, value),
  fc.tuple(list, list),
  fc
    .oneof(map, list, keyedList(map))
    .chain((before) => mutated(before).map((after) => [before, after] as const)),
)

/** Whatever a table of schemas may say, fitting or not. */
export const listKeys = fc.func(
  fc.constantFrom<ListKeys | undefined>(
    undefined,
    undefined,
    'set',
    'atomic',
    ['name'],
    ['port', 'protocol'],
  ),
)
