import { Ajv2020 } from 'ajv/dist/2020.js'
import fc from 'fast-check'
import { describe, expect, test } from 'vitest'
import { parseExactJson } from '../../../src/kubernetes/exact-json.ts'
import { outputSchemas } from '../../../src/report/report.ts'
import { toReviewOutput } from '../../../src/report/review/review-output.ts'
import { toSarif } from '../../../src/report/review/sarif.ts'
import type { Review } from '../../../src/report/types.ts'
import { anyReview } from './review-arbitrary.ts'
import {
  changedObject,
  danger,
  everything,
  field,
  fold,
  monitoring,
  review,
  spanOf,
} from './sample-review.ts'

/** As a program reads what was printed. */
function printed(of: Review): Record<string, unknown> {
  return JSON.parse(JSON.stringify(toReviewOutput(of))) as Record<string, unknown>
}

describe('json', () => {
  const validate = new Ajv2020({ strict: false, allErrors: true }).compile(outputSchemas()['diff'] ?? {})

  test.each([
    ['with something of everything', everything()],
    ['where nothing changes', review()],
    [
      'of a folder',
      review({ head: { name: 'the folder' }, changedLines: new Map([['a', [{ first: 1, last: 2 }]]]) }),
    ],
  ])('a review %s is as the published schema says', (_, of) => {
    expect(validate(printed(of)) ? [] : validate.errors).toEqual([])
  })

  test('any review is as the published schema says', () => {
    fc.assert(
      fc.property(anyReview(), (of) => {
        expect(validate(printed(of)) ? [] : validate.errors).toEqual([])
      }),
      { numRuns: 50 },
    )
  }, 60_000)

  test('the schema refuses what is no review', () => {
    expect(validate({ ...printed(review()), baseline: 'other' })).toBe(false)
    const { totals: _, ...without } = printed(review())
    expect(validate(without)).toBe(false)
  })

  test('places are told without what stands there, paths as people read them', () => {
    const text = JSON.stringify(printed(everything()))
    expect(text).toContain(
      '"place":{"file":"fleet/monitoring.yaml","line":5,"column":21,"endLine":5,"endColumn":26}',
    )
    expect(text).toContain('"path":"spec.template.spec.containers[name=grafana].image"')
    expect(text).not.toContain('chartName')
  })

  test('numbers keep their digits, and a value that is null is there', () => {
    const fields = [
      field(['spec', 'id'], parseExactJson('12345678901234567890'), null),
      field(['spec', 'new'], undefined, 1, {
        change: 'added',
        values: [{ clusters: ['fleet/a'], after: 1 }],
      }),
    ]
    const object = changedObject('ConfigMap', 'x', { unit: 'helm-a', clusters: ['fleet/a'] }, fields)
    const text = JSON.stringify(
      toReviewOutput(review({ folds: [fold('helm-a', { clusters: ['fleet/a'], objects: [object] })] })),
    )
    expect(text).toContain('"before":12345678901234567890,"after":null')
    expect(text).toContain('"values":[{"clusters":["fleet/a"],"after":1}]')
  })
})

interface SarifResult {
  readonly ruleId: string
  readonly ruleIndex: number
  readonly level: string
  readonly message: { readonly text: string }
  readonly locations?: readonly {
    readonly physicalLocation: {
      readonly artifactLocation: { readonly uri: string }
      readonly region: { readonly startLine: number }
    }
  }[]
  readonly partialFingerprints: Readonly<Record<string, string>>
}

function sarifOf(of: Review) {
  const log = JSON.parse(JSON.stringify(toSarif(of))) as {
    readonly version: string
    readonly runs: readonly {
      readonly tool: { readonly driver: { readonly name: string; readonly rules: readonly SarifRule[] } }
      readonly results: readonly SarifResult[]
    }[]
  }
  const [run] = log.runs
  if (run === undefined) throw new Error('there is a run')
  return {
    version: log.version,
    rules: run.tool.driver.rules,
    name: run.tool.driver.name,
    results: run.results,
  }
}

interface SarifRule {
  readonly id: string
  readonly shortDescription?: { readonly text: string }
  readonly help?: { readonly text: string; readonly markdown: string }
}

describe('sarif', () => {
  test('has a result for each danger and new fault, with the help of its rule', () => {
    const { version, name, rules, results } = sarifOf(everything())
    expect(version).toBe('2.1.0')
    expect(name).toBe('fleetwright')
    expect(results.map(({ ruleId, level }) => [ruleId, level])).toEqual([
      ['danger/unit-removed', 'error'],
      ['danger/namespace-removed', 'error'],
      ['danger/trust-loosened', 'warning'],
      ['intent/wrong-type', 'error'],
    ])
    expect(rules.map(({ id }) => id)).toEqual([
      ...['danger/namespace-removed', 'danger/trust-loosened', 'danger/unit-removed', 'intent/wrong-type'],
    ])
    for (const { ruleId, ruleIndex } of results) expect(rules[ruleIndex]?.id).toBe(ruleId)
    for (const { shortDescription, help } of rules) {
      expect(shortDescription?.text).toMatch(/\w/)
      expect(help?.text).toContain('What to do: ')
      expect(help?.markdown).toContain('**What to do.** ')
    }
  })

  test('a result stands on the line that a person wrote, in columns of UTF-16', () => {
    const of = review({
      comparisonDangers: [
        danger('privileged', 'x runs as root', {
          span: spanOf('grafana'),
          side: 'after',
          clusters: ['fleet/a'],
        }),
      ],
    })
    expect(sarifOf(of).results[0]).toMatchObject({
      message: { text: 'x runs as root (1 cluster: fleet/a)' },
      locations: [
        {
          physicalLocation: {
            artifactLocation: { uri: 'fleet/monitoring.yaml', uriBaseId: '%SRCROOT%' },
            region: { startLine: 4, startColumn: 18, endLine: 4, endColumn: 25 },
          },
        },
      ],
    })
  })

  test('what has no line stands at the first one that the change touches', () => {
    const changedLines = new Map([
      ['z.yaml', [{ first: 1, last: 1 }]],
      ['a b/ü.yaml', [{ first: 7, last: 9 }]],
    ])
    const [result] = sarifOf(review({ comparisonDangers: [danger('privileged', 'x')], changedLines })).results
    expect(result?.locations?.[0]?.physicalLocation).toMatchObject({
      artifactLocation: { uri: 'a%20b/%C3%BC.yaml' },
      region: { startLine: 7 },
    })
  })

  test('a fingerprint stays when lines move, and differs between dangers', () => {
    const fingerprint = (message: string, text: string): string | undefined => {
      const span = spanOf('grafana', { path: monitoring.path, text })
      const of = review({ comparisonDangers: [danger('privileged', message, { span })] })
      return sarifOf(of).results[0]?.partialFingerprints['fleetwright/v1']
    }
    expect(fingerprint('x', monitoring.text)).toBe(fingerprint('x', `# a line above\n${monitoring.text}`))
    expect(fingerprint('x', monitoring.text)).not.toBe(fingerprint('y', monitoring.text))
  })

  test('no text is taken for a placeholder or a link', () => {
    const [result] = sarifOf(
      review({ comparisonDangers: [danger('privileged', '{0} [x](https://evil.example)')] }),
    ).results
    expect(result?.message.text).toBe('{{0}} [x] (https://evil.example)')
  })

  test('any review gives what SARIF requires', () => {
    fc.assert(
      fc.property(anyReview(), (of) => {
        const { results, rules } = sarifOf(of)
        for (const { ruleId, ruleIndex, level, message, locations } of results) {
          expect(rules[ruleIndex]?.id).toBe(ruleId)
          expect(['error', 'warning', 'note']).toContain(level)
          expect(typeof message.text).toBe('string')
          for (const { physicalLocation } of locations ?? []) {
            expect(physicalLocation.region.startLine).toBeGreaterThan(0)
            expect(physicalLocation.artifactLocation.uri).toMatch(/^[\w\-.!~*'()%/]*$/)
          }
        }
      }),
      { numRuns: 50 },
    )
  }, 60_000)
})
