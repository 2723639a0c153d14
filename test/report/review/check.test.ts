import { Buffer } from 'node:buffer'
import { describe, expect, test } from 'vitest'
import type { SourceFile } from '../../../src/diagnostics/types.ts'
import { formatReviewAnnotations, reviewAnnotations } from '../../../src/report/review/annotations.ts'
import { formatCheck, formatSummary } from '../../../src/report/review/check.ts'
import type { ReviewedDiagnostic } from '../../../src/report/types.ts'
import { readTemplates } from './read-templates.ts'
import {
  clusterNames,
  danger,
  everything,
  fold,
  monitoring,
  review,
  spanOf,
  summary,
} from './sample-review.ts'

const templates = await readTemplates()
const touches = (first: number, last = first, path = monitoring.path) => new Map([[path, [{ first, last }]]])

function fault(severity: string, line: number, cluster?: string): ReviewedDiagnostic {
  return {
    ...{
      code: 'intent/wrong-type',
      severity,
      holds: 'unit',
      message: 'it is text',
      related: [],
      hint: 'no quotes',
    },
    place: { file: monitoring.path, line, column: 3, endLine: line, endColumn: 9 },
    ...(cluster !== undefined && { cluster }),
  }
}

function withFaults(added: readonly ReviewedDiagnostic[]) {
  return review({ diagnostics: { added, standing: 0, resolved: 0 } })
}

describe('conclusion', () => {
  test.each([
    ['nothing changes', review(), 'success'],
    ['something changes', review({ folds: [fold('helm-a', { clusters: ['fleet/a'] })] }), 'success'],
    ['a danger', review({ comparisonDangers: [danger('privileged', 'x')] }), 'neutral'],
    ['a warning', withFaults([fault('warning', 3)]), 'success'],
    ['an error', withFaults([fault('error', 3)]), 'failure'],
  ] as const)('%s', (_, of, conclusion) => {
    expect(formatCheck(of, { templates }).conclusion).toBe(conclusion)
  })
})

test('the title is the verdict without marks', () => {
  expect(formatCheck(everything(), { templates }).title).toBe(
    'fleet/c009 is upgraded v1.24.3 → v1.25.0, 2 clusters lose kyverno, 198 change grafana 8.0.0 → 8.1.0; 3 dangers; deletions wait for approval; 1 new error',
  )
})

test('the summary tells what the comment tells, without the state for machines', () => {
  const { summary: text } = formatCheck(everything(), { templates })
  expect(Buffer.byteLength(text)).toBeLessThanOrEqual(65_535)
  expect(text).toContain('#### Dangers')
  expect(text).not.toContain('<!--')
})

test('the summary of a job has room for what a comment has not', () => {
  const large = review({
    folds: Array.from({ length: 1200 }, (_, index) =>
      fold(`helm-${index}`, {
        ...{ clusters: ['fleet/a'], change: 'gained', after: summary('x', `chart-${index}`) },
        images: [{ image: { after: `example.org/image-with-a-long-name:${index}` }, clusters: ['fleet/a'] }],
      }),
    ),
  })
  const { body, told } = formatSummary(large, { templates })
  expect(Buffer.byteLength(body)).toBeGreaterThan(100_000)
  expect(Buffer.byteLength(body)).toBeLessThanOrEqual(1024 * 1024)
  expect(told.units).toEqual({ all: 1200, shown: 1200, summarised: 0 })
})

describe('annotations', () => {
  const folds = [
    fold('helm-grafana', {
      clusters: ['fleet/a', 'fleet/b'],
      before: summary('g', 'grafana', '8.0.0'),
      after: summary('g', 'grafana', '8.1.0'),
      causes: [
        {
          cause: { text: 'version `8.1.0` is asked for', span: spanOf('8.1.0'), side: 'after' },
          clusters: ['fleet/a', 'fleet/b'],
        },
      ],
    }),
  ]

  test('a cause on a line of the change says there what it does', () => {
    expect(reviewAnnotations(review({ folds, changedLines: touches(5) }))).toEqual([
      {
        ...{ path: 'fleet/monitoring.yaml', startLine: 5, endLine: 5, startColumn: 21, endColumn: 26 },
        level: 'notice',
        title: 'helm-grafana changed 8.0.0 → 8.1.0',
        message: 'version `8.1.0` is asked for\n2 clusters: fleet/a, fleet/b',
      },
    ])
  })

  test('a cause that the change does not touch was so before', () => {
    expect(reviewAnnotations(review({ folds, changedLines: touches(1) }))).toEqual([])
  })

  test('of a cause of several lines, the first that the change touches is marked', () => {
    const span = { file: monitoring, start: monitoring.text.indexOf('spec'), end: monitoring.text.length }
    const [wide] = folds.map((each) => ({
      ...each,
      causes: [{ cause: { text: 'all of it', span, side: 'after' as const }, clusters: each.clusters }],
    }))
    if (wide === undefined) throw new Error('there is a fold')
    const [annotation] = reviewAnnotations(review({ folds: [wide], changedLines: touches(4, 9) }))
    expect(annotation).toMatchObject({ startLine: 4, endLine: 4 })
    expect(annotation).not.toHaveProperty('startColumn')
  })

  test('what the base alone says stands at the nearest line of the change, or nowhere', () => {
    const gone: SourceFile = { path: monitoring.path, text: 'a\nb\nc\nd\ne\nf\ng\nkyverno\n' }
    const removed = danger('unit-removed', 'kyverno is removed', {
      ...{ clusters: ['fleet/a'], side: 'before' },
      span: spanOf('kyverno', gone),
    })
    const changedLines = new Map([
      [
        gone.path,
        [
          { first: 2, last: 2 },
          { first: 4, last: 5 },
        ],
      ],
    ])
    expect(reviewAnnotations(review({ comparisonDangers: [removed], changedLines }))).toMatchObject([
      { startLine: 5, endLine: 5, level: 'warning', title: 'unit-removed' },
    ])
    expect(reviewAnnotations(review({ comparisonDangers: [removed] }))).toEqual([])
  })

  test('a danger and an error are marked wherever they are', () => {
    const reviewed = review({
      comparisonDangers: [
        danger('privileged', 'x', { severity: 'medium', span: spanOf('grafana'), side: 'after' }),
      ],
      diagnostics: { added: [fault('error', 2)], standing: 0, resolved: 0 },
    })
    expect(reviewAnnotations(reviewed)).toMatchObject([
      { startLine: 2, level: 'failure', title: 'intent/wrong-type', message: 'it is text\nno quotes' },
      { startLine: 4, level: 'notice', title: 'privileged', message: 'x' },
    ])
  })

  test('the fault of many clusters is marked once', () => {
    const added = clusterNames(7).map((cluster) => fault('error', 2, cluster))
    expect(reviewAnnotations(withFaults(added)).map(({ message }) => message)).toEqual([
      'it is text\nno quotes\n7 clusters: fleet/c000, fleet/c001, fleet/c002, fleet/c003, fleet/c004 and 2 more',
    ])
  })

  test('a check shows the most severe hundred and says how many there are', () => {
    const dangers = Array.from({ length: 150 }, (_, index) =>
      danger('privileged', `pod ${index}`, {
        severity: index === 149 ? 'high' : 'medium',
        span: spanOf('grafana'),
        side: 'after',
      }),
    )
    const check = formatCheck(review({ comparisonDangers: dangers }), { templates })
    expect(check.annotations).toHaveLength(100)
    expect(check.annotations[0]).toMatchObject({ level: 'warning', message: 'pod 149' })
    expect(check.annotationCount).toBe(150)
    expect(check.summary).toContain('100 of 150 annotations are shown.')
  })
})

describe('workflow annotations', () => {
  test('are commands that no text can break out of', () => {
    const text = formatReviewAnnotations(
      withFaults([{ ...fault('error', 2), message: 'bad\n::error::100%' }]),
    )
    expect(text).toBe(
      '::error file=fleet/monitoring.yaml,line=2,endLine=2,title=intent/wrong-type::bad‹U+000A›::error::100%25%0Ano quotes\n',
    )
  })

  test('what GitHub would not show is counted', () => {
    const added = Array.from({ length: 25 }, (_, index) => ({
      ...fault('warning', 2),
      message: `fault ${index}`,
    }))
    const lines = formatReviewAnnotations(withFaults(added)).trimEnd().split('\n')
    expect(lines).toHaveLength(10)
    expect(lines[9]).toBe('::warning title=more::16 more annotations of this kind: see the report')
  })

  test('nothing to say gives nothing', () => {
    expect(formatReviewAnnotations(review())).toBe('')
  })
})
