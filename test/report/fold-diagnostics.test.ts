import { expect, test } from 'vitest'
import { diagnostic } from '../../src/diagnostics/diagnostic.ts'
import type { Diagnostic } from '../../src/diagnostics/types.ts'
import { formatCounts, formatFolded } from '../../src/report/report.ts'

const file = { path: 'fleet/web.yaml', text: 'spec:\n  helmCharts: []\n' }
const span = { file, start: 8, end: 18 }

function on(cluster: string, message = 'the chart cannot be had'): Diagnostic {
  return diagnostic('sources/unpinned', { message, span, subject: { cluster, unit: 'helm-web-web' } })
}

test('one fault on many clusters is one frame with their names', () => {
  const clusters = Array.from({ length: 200 }, (_, index) => `fleet/c${String(index).padStart(3, '0')}`)
  expect(formatFolded(clusters.map((cluster) => on(cluster)).reverse())).toBe(
    [
      'fleet/web.yaml:2:3: error[sources/unpinned]: the chart cannot be had (unit helm-web-web)',
      '  2 |   helmCharts: []',
      '    |   ^^^^^^^^^^',
      '  on 200 clusters: fleet/c000, fleet/c001, fleet/c002 and 197 more',
      '',
    ].join('\n'),
  )
})

test('a fault of one cluster names it in its head', () => {
  expect(formatFolded([on('fleet/a')])).toContain('(cluster fleet/a, unit helm-web-web)')
})

test('faults with other messages stay apart, a blank line between', () => {
  const text = formatFolded([on('fleet/a', 'one'), on('fleet/b', 'two')])
  expect(text.split('\n\n')).toHaveLength(2)
})

test('counts count distinct faults and leave out what there is none of', () => {
  const warning = diagnostic('branch/tampered', { message: 'somebody changed files', severity: 'warning' })
  expect(formatCounts([on('fleet/a'), on('fleet/b'), on('fleet/b', 'other'), warning])).toBe(
    '2 errors, 1 warning',
  )
  expect(formatCounts([])).toBe('')
})
