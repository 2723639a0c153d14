import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import type { Engine } from '../../src/engine/types.ts'
import { createTestEngine } from '../engine/built-engine.ts'
import {
  compileEvents,
  content,
  heldOf,
  profilesOf,
  refersTo,
  service,
  services,
  textsOf,
  trigger,
} from './event-fleet.ts'

let engine: Engine

beforeAll(async () => {
  engine = await createTestEngine()
})
afterAll(() => engine.close())

const event = (subject: string, type: string, more: object = {}) => ({
  ...{ specversion: '1.0', id: `${type}-${subject}`, source: 'auth.example.com', type, subject },
  ...more,
})
const login = (subject: string) => event(subject, 'com.example.login')
const logout = (subject: string) => event(subject, 'com.example.logout')
const inA = 'EventTrigger/policy@edge/a'

const listening = (...messagingMatchCriteria: object[]) =>
  services({ resourceSelectors: [], messagingMatchCriteria })
const deletes = '{{ if hasSuffix "logout" .CloudEvent.type }}Delete{{ else }}Create{{ end }}'
const namespaces = (more: object = {}) =>
  trigger({ cloudEventAction: deletes, policyRefs: [refersTo('user')], ...more })
const user = content('user', { text: '{{ .CloudEvent.subject }} {{ .CloudEvent.type }}' })

/** Events as they were recorded, oldest first; each with the NATS subject and cluster that it is given. */
function compile(documents: readonly string[], ...events: readonly object[]) {
  const facts = Object.fromEntries(
    events.map((one, index) => {
      const { to = 'edge/a', on = '', ...json } = one as { to?: string; on?: string }
      return [`.fleetwright/facts/events/${to}/${index + 1}.json`, { subject: on, event: json }]
    }),
  )
  return compileEvents(engine, documents, { facts })
}

describe('CloudEvents', () => {
  test('deploy until an event of the same source and subject says Delete', async () => {
    const documents = [listening({}), namespaces(), user]
    const both = await compile(documents, login('joe'), login('ann'))
    expect(profilesOf(both.plan, 'edge/a')).toEqual([
      `${inA}#CloudEvent/auth.example.com/ann`,
      `${inA}#CloudEvent/auth.example.com/joe`,
    ])
    expect(textsOf(both.plan, 'edge/a')).toEqual([
      { text: 'ann com.example.login' },
      { text: 'joe com.example.login' },
    ])
    expect(both.plan.events[0]?.objects).toEqual([
      'CloudEvent auth.example.com ann',
      'CloudEvent auth.example.com joe',
    ])
    const gone = await compile(documents, login('joe'), login('ann'), logout('joe'))
    expect(profilesOf(gone.plan, 'edge/a')).toEqual([`${inA}#CloudEvent/auth.example.com/ann`])
    const back = await compile(documents, login('joe'), logout('joe'), login('joe'))
    expect(profilesOf(back.plan, 'edge/a')).toEqual([`${inA}#CloudEvent/auth.example.com/joe`])
  })

  test('a later event of the same source and subject replaces the data', async () => {
    const changed = event('joe', 'com.example.changed')
    const { plan } = await compile([listening({}), namespaces(), user], login('joe'), changed)
    expect(textsOf(plan, 'edge/a')).toEqual([{ text: 'joe com.example.changed' }])
  })

  test.each([
    ['nothing asked fits everything', {}, 4],
    ['an expression need not match the whole', { cloudEventType: 'log(in|out)$' }, 3],
    ['the subject of the event', { cloudEventSubject: '^a' }, 2],
    ['its source', { cloudEventSource: 'billing' }, 1],
    ['the NATS subject on which it came', { subject: 'user' }, 1],
    ['all fields of a criterion must fit', { cloudEventType: 'login', cloudEventSubject: '^a' }, 1],
  ])('%s', async (_what, criteria, count) => {
    const { plan } = await compile(
      [listening(criteria), namespaces({ cloudEventAction: 'Create' }), user],
      { ...login('joe'), on: 'user.login' },
      login('ann'),
      logout('abe'),
      event('max', 'paid', { source: 'billing' }),
    )
    expect(plan.events[0]?.profiles).toHaveLength(count)
  })

  test('any criterion is enough; without one no CloudEvent counts', async () => {
    const two = listening({ cloudEventSubject: 'joe' }, { cloudEventSubject: 'ann' })
    const some = await compile([two, namespaces(), user], login('joe'), login('ann'), login('abe'))
    expect(some.plan.events[0]?.profiles).toHaveLength(2)
    const none = await compile([services(), namespaces(), user], login('joe'))
    expect(none.plan.events[0]?.profiles).toEqual([])
  })

  test('an event counts for its cluster, or for every one', async () => {
    const documents = [listening({}), namespaces(), user]
    const other = await compile(documents, { ...login('joe'), to: 'fleet/hub' })
    expect(profilesOf(other.plan, 'edge/a')).toEqual([])
    const every = await compile(documents, { ...login('joe'), to: 'all' })
    expect(profilesOf(every.plan, 'edge/a')).toEqual([`${inA}#CloudEvent/auth.example.com/joe`])
  })

  test('a list holds all events that last, and a nil in .Resources for each, as in Sveltos', async () => {
    const list = content('user', {
      text: '{{ range .CloudEvents }}{{ .subject }} {{ end }}{{ len .Resources }}',
    })
    const source = services({ messagingMatchCriteria: [{}] })
    const { plan } = await compileEvents(engine, [source, namespaces({ oneForEvent: false }), list], {
      objects: [service('web')],
      facts: {
        '.fleetwright/facts/events/edge/a/1.json': login('joe'),
        '.fleetwright/facts/events/edge/a/2.json': login('ann'),
        '.fleetwright/facts/events/edge/a/3.json': logout('joe'),
      },
    })
    expect(textsOf(plan, 'edge/a')).toEqual([{ text: 'ann 2' }])
    expect(plan.events[0]?.objects).toEqual(['CloudEvent auth.example.com ann', 'Service default/web'])
  })

  test('an action that is none, or cannot be worked out, holds what the event gave', async () => {
    const odd = await compile(
      [listening({}), namespaces({ cloudEventAction: '{{ .CloudEvent.type }}' }), user],
      login('joe'),
    )
    expect(odd.said.map(({ code, message }) => [code, message])).toEqual([
      [
        'resolve/bad-cloud-event-action',
        `${inA}#CloudEvent/auth.example.com/joe: cloudEventAction gives \`com.example.login\`, which is neither Create nor Delete`,
      ],
    ])
    expect(heldOf(odd.plan)).toEqual({ [`${inA}#CloudEvent/auth.example.com/joe`]: 'error' })
    const failing = namespaces({ cloudEventAction: '{{ .CloudEvent.data.x }}' })
    const failed = await compile([listening({}), failing, user], login('joe'))
    expect(failed.codes).toEqual(['resolve/template-failed'])
    expect(heldOf(failed.plan)).toEqual({ [`${inA}#CloudEvent/auth.example.com/joe`]: 'error' })
    const list = await compile(
      [listening({}), namespaces({ cloudEventAction: 'Bogus', oneForEvent: false }), user],
      login('joe'),
    )
    expect(heldOf(list.plan)).toEqual({ [inA]: 'error' })
  })

  test('only the last event of its source and subject decides', async () => {
    const { plan, codes } = await compile(
      [listening({}), namespaces({ cloudEventAction: '{{ .CloudEvent.data.action }}' }), user],
      event('joe', 't', { data: { action: 'Bogus' } }),
      event('joe', 't', { data: { action: 'Create' } }),
    )
    expect(codes).toEqual([])
    expect(profilesOf(plan, 'edge/a')).toHaveLength(1)
  })
})
