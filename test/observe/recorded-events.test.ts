import { describe, expect, test } from 'vitest'
import type { Diagnostic } from '../../src/diagnostics/types.ts'
import { parseEvent, parseFacts, recordEvents } from '../../src/observe/observe.ts'

const login = (subject: string, more: Record<string, unknown> = {}) => ({
  specversion: '1.0',
  id: '1',
  source: 'auth.example.com',
  type: 'login',
  subject,
  ...more,
})
const folder = '.fleetwright/facts/events'
const read = (files: Readonly<Record<string, unknown>>) => {
  const said: Diagnostic[] = []
  const texts = new Map(Object.entries(files).map(([path, value]) => [path, JSON.stringify(value)]))
  return { facts: parseFacts(texts, (diagnostic) => said.push(diagnostic)), said }
}

describe('recorded CloudEvents', () => {
  test('files count in the order of their names, whichever cluster they belong to', () => {
    const { facts, said } = read({
      [`${folder}/fleet/a/000003.json`]: { subject: 'user', event: login('third') },
      [`${folder}/all/000002.json`]: login('second'),
      [`${folder}/fleet/b/000001.json`]: { event: login('first') },
    })
    expect(said).toEqual([])
    expect(
      facts.events.map(({ cluster, subject, json }) => [
        cluster,
        subject,
        (JSON.parse(json) as Login).subject,
      ]),
    ).toEqual([
      ['fleet/b', '', 'first'],
      ['', '', 'second'],
      ['fleet/a', 'user', 'third'],
    ])
  })

  test('numbers beyond 53 bits stay as they are', () => {
    const text = `{"specversion":"1.0","id":"1","source":"s","type":"t","data":{"n":9007199254740993}}`
    const { events } = parseFacts(new Map([[`${folder}/all/1.json`, text]]), () => undefined)
    expect(events[0]?.json).toContain('"n":9007199254740993')
  })

  test('a cluster of namespace `events` keeps its facts', () => {
    const { facts } = read({ '.fleetwright/facts/events/all.json': { version: 'v1.34.0' } })
    expect(facts.clusters.get('events/all')).toMatchObject({ version: 'v1.34.0' })
  })

  test('an event that cannot be read holds its cluster, or everything where it counts for all', () => {
    const { facts, said } = read({
      [`${folder}/fleet/a/1.json`]: { specversion: '1.0', id: '1', type: 't' },
      [`${folder}/all/1.json`]: [],
    })
    expect(said.map(({ message, holds }) => [message, holds])).toEqual([
      [`${folder}/all/1.json: the file: Invalid input: expected object, received array`, 'all'],
      [`${folder}/fleet/a/1.json: source: Invalid input: expected string, received undefined`, 'cluster'],
    ])
    expect([...facts.unreadable]).toEqual(['fleet/a'])
  })

  test('events change the digest of the facts', () => {
    const path = `${folder}/all/1.json`
    expect(read({ [path]: login('a') }).facts.digest).not.toBe(read({ [path]: login('b') }).facts.digest)
  })
})

describe('recording CloudEvents', () => {
  const event = (json: unknown) => parseEvent(json)
  const paths = (files: ReadonlyMap<string, string>) => [...files.keys()]

  test('the next number is that of the last event plus one, in the folder of its cluster', () => {
    const first = recordEvents(new Map(), [
      event(login('a')),
      event({ cluster: 'fleet/x', event: login('b') }),
    ])
    expect(paths(first)).toEqual([`${folder}/all/000001.json`, `${folder}/fleet/x/000002.json`])
    expect(first.get(`${folder}/all/000001.json`)).toBe(
      '{"event":{"id":"1","source":"auth.example.com","specversion":"1.0","subject":"a","type":"login"},"subject":""}\n',
    )
    expect(parseFacts(first, () => undefined).events).toEqual([
      event(login('a')),
      event({ cluster: 'fleet/x', event: login('b') }),
    ])
  })

  test('the same event twice is recorded once', () => {
    const files = recordEvents(new Map(), [event(login('a'))])
    expect(recordEvents(files, [event(login('a'))])).toEqual(files)
  })

  test('a later event of the same kind replaces the earlier one, one of another kind follows it', () => {
    const out = { ...login('a'), type: 'logout' }
    const files = recordEvents(new Map(), [event(login('a')), event(out), event(login('a'))])
    const types = parseFacts(files, () => undefined).events.map(
      ({ json }) => (JSON.parse(json) as Login).type,
    )
    expect(types).toEqual(['logout', 'login'])
    expect(paths(files)).toEqual([`${folder}/all/000002.json`, `${folder}/all/000003.json`])
  })

  test('a file that cannot be read stays', () => {
    const broken = new Map([[`${folder}/all/000007.json`, '{']])
    expect(paths(recordEvents(broken, [event(login('a'))]))).toEqual([
      `${folder}/all/000007.json`,
      `${folder}/all/000008.json`,
    ])
  })
})

interface Login {
  readonly subject: string
  readonly type: string
}
