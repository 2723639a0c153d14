import { readdirSync, readFileSync } from 'node:fs'
import { join } from 'node:path'
import fc from 'fast-check'
import { describe, expect, test } from 'vitest'
import {
  emptySelector,
  formatSelector,
  isEmptySelector,
  matchesLabels,
  unmetRequirement,
} from '../../src/kubernetes/label-selector.ts'
import { parseSelector } from '../../src/kubernetes/selector-text.ts'
import type { LabelRequirement, LabelSelector } from '../../src/kubernetes/types.ts'
import { requireShared, sharedFolder } from '../shared.ts'

function parsed(text: string): LabelSelector {
  const result = parseSelector(text)
  if (!result.ok) throw new Error(result.fault.message)
  return result.selector
}

describe('label selectors', () => {
  test('an empty selector selects nothing', () => {
    expect(matchesLabels(emptySelector, {})).toBe(false)
    expect(matchesLabels(parsed(''), { env: 'prod' })).toBe(false)
    expect(formatSelector(emptySelector)).toBe('<none>')
  })

  test.each([
    ['env=prod', { env: 'prod' }, true],
    ['env==prod', { env: 'qa' }, false],
    ['env in (qa,prod),!legacy', { env: 'qa' }, true],
    ['env in (qa,prod),!legacy', { env: 'qa', legacy: '' }, false],
    ['env notin (qa)', {}, true],
    ['env', { env: '' }, true],
    ['env=', { env: '' }, true],
    ['a=x,a=y', { a: 'y' }, true],
    ['env in ()', { env: '' }, true],
    ['constructor', {}, false],
  ])('%s on %j is %s', (text, labels, expected) => {
    expect(matchesLabels(parsed(text), labels as Record<string, string>)).toBe(expected)
  })

  test.each([
    ['env!=prod', "'!=' cannot be said by a label selector; write 'env notin (…)'", 3, 5],
    ['n>4', "'>' is not supported in label selectors", 1, 2],
    ['env in (a', "found '', expected ',' or ')'", 9, 10],
    ['-a=b', "'-a' is no valid key of a label", 0, 2],
    ['env=fv;tier', "'fv;tier' is no valid value of a label", 4, 11],
    ['a=b,', "found '', expected a label's key", 4, 5],
  ])('%s is a fault: %s', (text, message, start, end) => {
    expect(parseSelector(text)).toEqual({ ok: false, fault: { message, start, end } })
  })

  test('names the first requirement that is not met', () => {
    expect(unmetRequirement(parsed('env=prod,tier'), { env: 'prod' })?.key).toBe('tier')
    expect(unmetRequirement(parsed('env=prod'), { env: 'prod' })).toBeUndefined()
  })

  const name = fc.stringMatching(/^[a-z][a-z0-9]{0,5}$/)
  const requirement: fc.Arbitrary<LabelRequirement> = fc.oneof(
    fc.record({
      key: name,
      operator: fc.constantFrom('In' as const, 'NotIn' as const),
      values: fc.uniqueArray(name, { minLength: 1 }).map((values) => values.sort()),
    }),
    fc.record({
      key: name,
      operator: fc.constantFrom('Exists' as const, 'DoesNotExist' as const),
      values: fc.constant([]),
    }),
  )
  test('a printed selector reads back as itself', () => {
    fc.assert(
      fc.property(
        fc.dictionary(name, name, { noNullPrototype: true }),
        fc.uniqueArray(requirement, { selector: ({ key }) => key }),
        (matchLabels, expressions) => {
          const selector = {
            matchLabels,
            matchExpressions: expressions.sort((a, b) => (a.key < b.key ? -1 : 1)),
          }
          if (!isEmptySelector(selector)) expect(parsed(formatSelector(selector))).toEqual(selector)
        },
      ),
    )
  })
})

interface Case {
  readonly op: 'selector' | 'selector-v1beta1'
  readonly input: {
    readonly selector: string | Partial<LabelSelector>
    readonly labels: readonly Record<string, string>[]
  }
  readonly expected: {
    readonly error?: object
    readonly string?: string
    readonly empty?: boolean
    readonly labelSelector?: Partial<LabelSelector>
    readonly matches?: readonly boolean[]
    readonly toSelectorMatches?: readonly boolean[]
  }
}

describe.skipIf(sharedFolder() === undefined)(
  'label selectors agree with the code of Kubernetes and Sveltos',
  () => {
    const folder = () => join(requireShared(), 'corpus/oracle/selector')
    const cases = () =>
      readdirSync(folder()).map(
        (file) => [file, JSON.parse(readFileSync(join(folder(), file), 'utf8')) as Case] as const,
      )

    const complete = ({
      matchLabels = {},
      matchExpressions = [],
    }: Partial<LabelSelector>): LabelSelector => ({
      matchLabels,
      matchExpressions: matchExpressions.map(({ key, operator, values }) => ({
        key,
        operator,
        values: (values as string[] | undefined) ?? [],
      })),
    })

    test('on every text of v1alpha1', () => {
      const texts = cases().filter(([, { op }]) => op === 'selector')
      expect(texts.length).toBeGreaterThan(20)
      for (const [file, { input, expected }] of texts) {
        const result = parseSelector(input.selector as string)
        expect([file, result.ok]).toEqual([file, expected.error === undefined])
        if (!result.ok) continue
        expect([file, result.selector]).toEqual([file, complete(expected.labelSelector ?? {})])
        expect([file, input.labels.map((labels) => matchesLabels(result.selector, labels))]).toEqual([
          file,
          expected.matches,
        ])
        if (!isEmptySelector(result.selector))
          expect([file, formatSelector(result.selector)]).toEqual([file, expected.string])
      }
    })

    test('on every LabelSelector of v1beta1', () => {
      const selectors = cases().filter(
        ([, { op, expected }]) => op === 'selector-v1beta1' && expected.error === undefined,
      )
      expect(selectors.length).toBeGreaterThan(50)
      for (const [file, { input, expected }] of selectors) {
        const selector = complete(input.selector as Partial<LabelSelector>)
        const matches = input.labels.map((labels) => matchesLabels(selector, labels))
        const wanted = expected.empty === true ? matches.map(() => false) : expected.toSelectorMatches
        expect([file, matches]).toEqual([file, wanted])
        if (expected.empty !== true) expect([file, formatSelector(selector)]).toEqual([file, expected.string])
      }
    })
  },
)
