import { describe, expect, test } from 'vitest'
import type { Diagnostic } from '../../src/diagnostics/types.ts'
import { positionOf } from '../../src/diagnostics/position.ts'
import type { ResourceSelector } from '../../src/intent/types.ts'
import type { Query } from '../../src/observe/types.ts'
import { createKnowledge } from '../../src/resolve/knowledge.ts'
import type { Asker } from '../../src/resolve/resources/asker.ts'
import { labelQuery } from '../../src/resolve/resources/label-query.ts'
import { selectResources } from '../../src/resolve/resources/select-resources.ts'
import { createScripts } from '../../src/resolve/scripts.ts'
import { documentOf, factsOf } from './observed.ts'

type JsonMap = Readonly<Record<string, unknown>>

const services: ResourceSelector = {
  ...{ group: '', version: 'v1', kind: 'Service', namespace: '', name: '' },
  ...{ labelFilters: [], evaluateCEL: [], evaluate: '' },
}

function service(name: string, more: JsonMap = {}, metadata: JsonMap = {}): JsonMap {
  return { apiVersion: 'v1', kind: 'Service', metadata: { name, namespace: 'default', ...metadata }, ...more }
}

/** What a selector finds in `fleet/c1`; `asked` as recorded. */
function select(
  selector: Partial<ResourceSelector>,
  objects: readonly JsonMap[],
  { asked, ...asker }: Partial<Asker> & { readonly asked?: readonly Query[] } = {},
) {
  const diagnostics: Diagnostic[] = []
  const whole = { ...services, ...selector }
  const document = documentOf({ kind: 'EventSource', spec: { resourceSelectors: [whole] } })
  const knowledge = createKnowledge(factsOf({ 'fleet/c1': objects }, asked))
  const report = (diagnostic: Diagnostic) => void diagnostics.push(diagnostic)
  const scripts = createScripts({ clockMs: 0, elapsedMs: () => 0, report })
  const path = ['spec', 'resourceSelectors', 0]
  const full: Asker = { id: 'EventSource/x', document, path, keep: 'identity', runner: 'agent', ...asker }
  const selected = selectResources(whole, 'fleet/c1', full, { knowledge, scripts })
  const names = selected.known
    ? selected.objects.map(({ value }) => (value as { metadata: { name: string } }).metadata.name)
    : undefined
  return { selected, names, diagnostics, needs: knowledge.needs() }
}

const lua = (body: string) => `function evaluate()\n  ${body}\nend`
const cel = (...rules: readonly string[]) => rules.map((rule, index) => ({ name: `r${index}`, rule }))

describe('which objects a selector means', () => {
  const objects = [
    service('a', { spec: { type: 'LoadBalancer' } }, { labels: { app: 'web', tier: 'gold' } }),
    service('b', { spec: { type: 'ClusterIP' } }, { labels: { app: 'web' } }),
    service('c', {}, { namespace: 'kube-system' }),
    service('d', {}, { labels: { app: 'web' }, deletionTimestamp: '2026-01-01T00:00:00Z' }),
    { apiVersion: 'v1', kind: 'Pod', metadata: { name: 'p', namespace: 'default' } },
  ]

  test.each<[string, Partial<ResourceSelector>, string[]]>([
    ['its kind, but not what is being deleted', {}, ['a', 'b', 'c']],
    ['its namespace', { namespace: 'kube-system' }, ['c']],
    ['its name', { name: 'b' }, ['b']],
    ['no other version', { version: 'v2' }, []],
    ['Equal', { labelFilters: [{ key: 'tier', operation: 'Equal', value: 'gold' }] }, ['a']],
    [
      'Different, also without the label',
      { labelFilters: [{ key: 'tier', operation: 'Different', value: 'gold' }] },
      ['b', 'c'],
    ],
    ['Has', { labelFilters: [{ key: 'tier', operation: 'Has', value: '' }] }, ['a']],
    ['DoesNotHave', { labelFilters: [{ key: 'tier', operation: 'DoesNotHave', value: '' }] }, ['b', 'c']],
    [
      'filters and selector together',
      {
        labelFilters: [{ key: 'tier', operation: 'DoesNotHave', value: '' }],
        selector: { matchLabels: { app: 'web' }, matchExpressions: [] },
      },
      ['b'],
    ],
    [
      'an empty selector, unlike that of a profile, all',
      { selector: { matchLabels: {}, matchExpressions: [] } },
      ['a', 'b', 'c'],
    ],
    ['a rule of CEL', { evaluateCEL: cel('resource.spec.type == "LoadBalancer"') }, ['a']],
    ['any of the rules', { evaluateCEL: cel('false', 'resource.metadata.name == "b"') }, ['b']],
    ['nothing, when no rule holds and there is no script', { evaluateCEL: cel('false') }, []],
    [
      'what the script takes of that for which no rule holds',
      {
        evaluateCEL: cel('resource.metadata.name == "a"'),
        evaluate: lua('return { matching = obj.metadata.name == "b" }'),
      },
      ['a', 'b'],
    ],
    ['a script', { evaluate: lua('return { matching = obj.metadata.namespace ~= "default" }') }, ['c']],
    ['a script that returns nothing it should takes nothing', { evaluate: lua('return {}') }, []],
  ])('%s', (_what, selector, expected) => {
    expect(select(selector, objects)).toMatchObject({ names: expected, diagnostics: [] })
  })

  test('messages of scripts come along', () => {
    const evaluate = lua('return { matching = true, message = obj.metadata.name .. " is here" }')
    expect(select({ evaluate, name: 'a' }, objects).selected).toMatchObject({ messages: ['a is here'] })
  })
})

describe('what is asked of the cluster', () => {
  test.each<[string, Partial<ResourceSelector>, Partial<Asker>, object]>([
    ['identities are enough for a selector without scripts', {}, {}, { keep: 'identity', labelSelector: '' }],
    ['a rule needs the whole object', { evaluateCEL: cel('true') }, {}, { keep: 'whole' }],
    ['a script needs the whole object', { evaluate: lua('return {}') }, {}, { keep: 'whole' }],
    ['who collects gets the whole object', {}, { keep: 'whole' }, { keep: 'whole' }],
    [
      'the server compares labels',
      {
        labelFilters: [
          { key: 'b', operation: 'Different', value: 'x' },
          { key: 'a', operation: 'Equal', value: 'x' },
        ],
      },
      {},
      { labelSelector: 'a=x,b notin (x)' },
    ],
    [
      'but not values that it would refuse',
      { labelFilters: [{ key: 'a', operation: 'Equal', value: 'no label' }] },
      {},
      { labelSelector: '' },
    ],
  ])('%s', (_what, selector, asker, expected) => {
    expect(select(selector, [], asker).needs).toEqual([
      {
        cluster: 'fleet/c1',
        because: ['EventSource/x'],
        query: expect.objectContaining({ kind: 'Service', version: 'v1', ...expected }) as unknown,
      },
    ])
  })

  test('one wish has one text, however it is written', () => {
    const written = labelQuery({
      labelFilters: [{ key: 'app', operation: 'Equal', value: 'web' }],
      selector: { matchLabels: { tier: 'gold', app: 'web' }, matchExpressions: [] },
    })
    const other = labelQuery({
      labelFilters: [{ key: 'tier', operation: 'Equal', value: 'gold' }],
      selector: { matchLabels: {}, matchExpressions: [{ key: 'app', operator: 'In', values: ['web'] }] },
    })
    expect([written, other]).toEqual(['app=web,tier=gold', 'app=web,tier=gold'])
  })

  test('facts that do not say are no answer', () => {
    const pods = {
      group: '',
      version: 'v1',
      kind: 'Pod',
      namespace: '',
      name: '',
      labelSelector: '',
      keep: 'whole',
    } as const
    expect(select({}, [], { asked: [pods] })).toMatchObject({
      selected: { known: false, reason: 'facts-missing', message: 'the facts do not tell of Service (v1)' },
      diagnostics: [],
    })
    expect(select({}, [], { asked: [{ ...pods, kind: 'Service' }] }).names).toEqual([])
  })
})

describe('scripts that fail', () => {
  const objects = [service('a')]

  test.each([
    [
      'runtime',
      lua('return { matching = obj.spec.type == "x" }'),
      '`evaluate` failed for Service default/a: ',
    ],
    ['syntax', 'function evaluate(', '`evaluate` is no Lua for Service default/a: '],
    ['no table', lua('return true'), '`evaluate` gave a wrong result for Service default/a: '],
    [
      'another type',
      lua('return { matching = "yes" }'),
      '`evaluate` gave a wrong result for Service default/a: ',
    ],
    ['an endless loop', lua('while true do end'), '`evaluate` was ended for Service default/a: '],
  ])('%s → an error, and no answer', (_what, evaluate, message) => {
    const { selected, diagnostics } = select({ evaluate }, objects)
    expect(selected).toMatchObject({ known: false, reason: 'error' })
    expect(diagnostics).toMatchObject([
      {
        code: 'resolve/script-failed',
        severity: 'error',
        holds: 'cluster',
        subject: { cluster: 'fleet/c1' },
      },
    ])
    expect(diagnostics[0]?.message).toContain(`EventSource/x: ${message}`)
  })

  test('the diagnostic points at the line of the script', () => {
    const evaluate = 'function evaluate()\n  local type = obj.spec.type\n  return {}\nend'
    const [diagnostic] = select({ evaluate }, objects).diagnostics
    const { file, start = 0, end = 0 } = diagnostic?.span ?? {}
    expect(file?.text.slice(start, end)).toBe('local type = obj.spec.type')
  })

  test('a rule that takes too many steps is an error, since it might have held', () => {
    const list = Array.from({ length: 2000 }, (_, index) => index)
    const rule = 'resource.list.all(x, resource.list.all(y, true))'
    const { selected, diagnostics } = select({ evaluateCEL: cel(rule) }, [service('a', { list })])
    expect(selected).toMatchObject({ known: false, reason: 'error' })
    const [diagnostic] = diagnostics
    const { file, start = 0, end = 0 } = diagnostic?.span ?? {}
    expect(file?.text.slice(start, end)).toBe(JSON.stringify(rule))
    expect(file && positionOf(file, start).line).toBeGreaterThan(1)
  })
})

describe('what scripts see', () => {
  test('tokens instead of the values of a Secret', () => {
    const secret = {
      ...{ apiVersion: 'v1', kind: 'Secret', metadata: { name: 's', namespace: 'default' } },
      data: { password: 'aHVudGVyMg==' },
    }
    const evaluate = lua('return { matching = true, message = obj.data.password }')
    const { selected } = select({ kind: 'Secret', evaluate }, [secret])
    const token = Buffer.from('⟦secret-value default/s password⟧').toString('base64')
    expect(selected).toMatchObject({ known: true, messages: [token] })
    expect(JSON.stringify(selected)).not.toContain('aHVudGVyMg==')
  })

  test('the agent gives the global obj and no libraries', () => {
    const evaluate = lua(
      'return { matching = require == nil or not pcall(require, "json"), message = obj.kind }',
    )
    expect(select({ evaluate }, [service('a')]).selected).toMatchObject({ messages: ['Service'] })
  })

  test('a controller gives an argument and libraries, and no global', () => {
    const evaluate = `local json = require("json")
function evaluate(object) return { matching = obj == nil, message = json.encode({ object.kind }) } end`
    expect(select({ evaluate }, [service('a')], { runner: 'controller' }).selected).toMatchObject({
      messages: ['["Service"]'],
    })
  })

  test('the same random numbers every time', () => {
    const evaluate = lua('return { matching = true, message = tostring(math.random(1000000)) }')
    const first = select({ evaluate }, [service('a')]).selected
    expect(select({ evaluate }, [service('a')]).selected).toEqual(first)
  })
})
