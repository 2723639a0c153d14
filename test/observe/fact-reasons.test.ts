import { describe, expect, test } from 'vitest'
import { factReasons } from '../../src/observe/observe.ts'

const blue = '.fleetwright/facts/fleet/blue.json'
const green = '.fleetwright/facts/fleet/green.json'
const management = '.fleetwright/facts/management.json'
const ages = '.fleetwright/observed.json'
const event = '.fleetwright/facts/events/all/one.json'

function cluster(version: string, more: object = {}): string {
  return JSON.stringify({ labels: { env: 'production' }, version, ...more })
}

function observedAt(rows: Readonly<Record<string, string>>): string {
  return JSON.stringify(
    Object.fromEntries(Object.entries(rows).map(([id, at]) => [id, { observedAt: at, reachable: true }])),
  )
}

const [then, now] = ['2026-01-02T00:00:00Z', '2026-01-03T00:00:00Z']

const recorded = new Map([
  [blue, cluster('v1.33.1')],
  [green, cluster('v1.33.1')],
  [management, '{"objects":[]}'],
  [event, '{}'],
  [ages, observedAt({ 'fleet/blue': then, 'fleet/green': then, management: then })],
])

function observe(changes: Readonly<Record<string, string | undefined>>): ReadonlyMap<string, string> {
  const files = new Map([...recorded].filter(([path]) => path !== event))
  for (const [path, text] of Object.entries(changes))
    if (text === undefined) files.delete(path)
    else files.set(path, text)
  return files
}

function rowsIn(files: ReadonlyMap<string, string>): unknown {
  return JSON.parse(files.get(ages) ?? '')
}

describe('why observed facts differ from recorded ones', () => {
  test('ages alone are no reason, and become those that were observed', () => {
    const at = { 'fleet/blue': now, 'fleet/green': then, management: now }
    const { reasons, aged } = factReasons(recorded, observe({ [ages]: observedAt(at) }))
    expect(reasons).toEqual([])
    expect(rowsIn(aged)).toEqual(JSON.parse(observedAt(at)))
    expect(aged.get(event)).toBe('{}')
  })

  test('each cluster that is another one is a reason of its own', () => {
    const observed = observe({ [blue]: cluster('v1.34.0'), [green]: cluster('v1.35.0') })
    const facts = factReasons(recorded, observed)
    expect(facts.reasons.map(({ reason }) => reason)).toEqual(['fleet/blue', 'fleet/green'])
    const only = facts.with(facts.reasons.slice(0, 1))
    expect([only.get(blue), only.get(green)]).toEqual([cluster('v1.34.0'), cluster('v1.33.1')])
    expect(facts.aged.get(blue)).toBe(cluster('v1.33.1'))
  })

  test('clusters that joined, left or are labelled otherwise are one reason, and it comes first', () => {
    const observed = observe({
      '.fleetwright/facts/fleet/amber.json': cluster('v1.34.0'),
      [blue]: undefined,
      [green]: cluster('v1.34.0', { labels: { env: 'staging' } }),
      [management]: '{"objects":[{"kind":"Cluster"}]}',
      [ages]: observedAt({ 'fleet/amber': now, 'fleet/green': now, management: now }),
    })
    const facts = factReasons(recorded, observed)
    expect(facts.reasons.map(({ reason, files }) => [reason, [...files.keys()].sort()])).toEqual([
      ['management', ['.fleetwright/facts/fleet/amber.json', blue, green, management]],
    ])
    // Until it is taken, the one that joined is not known, and the one that left is as old as it is.
    expect(rowsIn(facts.aged)).toEqual(
      JSON.parse(observedAt({ 'fleet/blue': then, 'fleet/green': now, management: now })),
    )
    expect(rowsIn(facts.with(facts.reasons))).toEqual(
      JSON.parse(observedAt({ 'fleet/amber': now, 'fleet/green': now, management: now })),
    )
  })

  test('schemas come with the cluster that refers to them, and go when everything is as it was observed', () => {
    const [old, fresh] = ['.fleetwright/schemas/aa.json', '.fleetwright/schemas/bb.json']
    const before = new Map([
      ...recorded,
      [blue, cluster('v1.33.1', { schemas: { 'a/A': 'aa' } })],
      [old, '"old"'],
    ])
    const observed = observe({
      [blue]: cluster('v1.33.1', { schemas: { 'a/A': 'bb' } }),
      [green]: cluster('v1.34.0'),
      [fresh]: '"new"',
    })
    const facts = factReasons(before, observed)
    const [first, second] = facts.reasons
    const schemasIn = (files: ReadonlyMap<string, string>) =>
      [...files.keys()].filter((path) => path.includes('/schemas/'))
    expect(schemasIn(facts.aged)).toEqual([old])
    expect(schemasIn(facts.with(first ? [first] : []))).toEqual([old, fresh])
    expect(schemasIn(facts.with(second ? [second] : []))).toEqual([old])
    expect(schemasIn(facts.with(facts.reasons))).toEqual([fresh])
  })
})
