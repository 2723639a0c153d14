import { describe, expect, test } from 'vitest'
import { createCel, inlineFields } from '../../src/cel/cel.ts'

describe('a rule about `resource` as one about its fields', () => {
  test.each([
    [
      'resource.status.availableReplicas == resource.spec.replicas',
      'status.availableReplicas == spec.replicas',
    ],
    [' resource . status\n. ready ', 'status\n. ready'],
    [
      'resource.metadata.name == \'resource.x\' && resource.kind != "a \\" resource.y"',
      'metadata.name == \'resource.x\' && kind != "a \\" resource.y"',
    ],
    [
      'resource.metadata.labels["resource.z"] == "é😀" || resource.data.a == r"\\resource."',
      'metadata.labels["resource.z"] == "é😀" || data.a == r"\\resource."',
    ],
    [
      'resource.status.conditions.exists(c, c.type == "Ready" && c.status == "True")',
      'status.conditions.exists(c, c.type == "Ready" && c.status == "True")',
    ],
    ['resource.items.all(resource, resource.status == 1)', 'items.all(resource, resource.status == 1)'],
    [
      'has(resource.status.phase) && resource.status.phase == "Running"',
      'has(status.phase) && status.phase == "Running"',
    ],
    ['has(resource.status) && resource.status.ok', '(size([status]) == 1) && status.ok'],
    ['has(resource.metadata) || !has(resource.kind)', 'true || !true'],
    [
      'has(resource.spec.paused) ? resource.spec.paused : has( resource.status )',
      'has(spec.paused) ? spec.paused : (size([status]) == 1)',
    ],
    ['myresource.a == 1', 'myresource.a == 1'],
  ])('%s', (rule, expression) => {
    expect(inlineFields(rule)).toEqual({ ok: true, expression })
  })

  test.each([
    ['size(resource) > 3', 'looks at the object as a whole'],
    ['"status" in resource', 'looks at the object as a whole'],
    ['resource["status"].ok', 'looks at the object as a whole'],
    ['(resource).status.ok', 'writes `resource` in a way that cannot be replaced'],
    ['!has(resource.status)', 'asks whether `status` is missing'],
    ['has(resource.status) == false', 'asks whether `status` is missing'],
    ['has(resource.status) ? true : false', 'asks whether `status` is missing'],
    ['resource.namespace == "a"', 'uses the field `namespace`, which cannot be the name of a variable'],
    [
      'resource.spec.list.exists(status, resource.status.x == status)',
      'calls a variable of its own `status`, as a field of the object',
    ],
  ])('%s cannot be', (rule, reason) => {
    expect(inlineFields(rule)).toEqual({ ok: false, reason })
  })

  test('what comes out is CEL, but for names that Sveltos does not have', () => {
    const rules = ['has(resource.status) && resource.status.ok', 'resource.a.exists(b, b.c == resource.d)']
    const faults = rules.map((rule) => {
      const inlined = inlineFields(rule)
      return inlined.ok ? createCel().check(inlined.expression)?.kind : inlined.reason
    })
    expect(faults).toEqual(['name', 'name'])
  })
})
