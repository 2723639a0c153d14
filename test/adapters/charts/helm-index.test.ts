import { describe, expect, test } from 'vitest'
import { readChartOffers, resolveUrl } from '../../../src/adapters/charts/helm-index.ts'

const base = 'https://charts.example.com/stable'
const digest = 'ab'.repeat(32)
const written = `apiVersion: v1
entries:
  app:
  - apiVersion: v2
    description: |
      looks like another chart
    name: app
    digest: ${digest}
    urls:
    - app-1.10.0.tgz
    version: 1.10.0
  - digest: sha1:x
    urls: ["https://cdn.example.com/app.tgz", mirror/app.tgz]
    version: 1.9.0
  - version: 1.8.0
  - not an entry
  # a comment
  app-extra:
  - version: 3.0.0
    urls: [x.tgz]
  "quoted name":
  - version: 4.0.0
    urls: [q.tgz]
generated: "2026-01-01T00:00:00Z"
`
const expected = [
  { name: '1.10.0', urls: [`${base}/app-1.10.0.tgz`], digest: `sha256:${digest}` },
  { name: '1.9.0', urls: ['https://cdn.example.com/app.tgz', `${base}/mirror/app.tgz`] },
]

describe('an index of charts', () => {
  test.each([
    ['as helm writes it', written],
    ['with lists indented', written.replace(/^ {2}(- | {2})/gm, '      $1')],
    ['with Windows line ends', written.replaceAll('\n', '\r\n')],
    [
      'as JSON',
      JSON.stringify({
        entries: {
          app: [
            { version: '1.10.0', urls: ['app-1.10.0.tgz'], digest },
            { version: '1.9.0', urls: ['https://cdn.example.com/app.tgz', 'mirror/app.tgz'] },
          ],
        },
      }),
    ],
    [
      'with entries in one line',
      `entries: {app: [{version: 1.10.0, urls: [app-1.10.0.tgz], digest: ${digest}}, {version: 1.9.0, urls: ["https://cdn.example.com/app.tgz", mirror/app.tgz]}]}`,
    ],
  ])('%s gives the versions of a chart', (_, text) => {
    expect(readChartOffers(text, 'app', base)).toEqual({ type: 'offers', offers: expected })
  })

  test('names the charts that there are', () => {
    expect(readChartOffers(written, 'ap', base)).toEqual({
      type: 'no-chart',
      names: ['app', 'app-extra', 'quoted name'],
    })
    expect(readChartOffers(written, 'quoted name', base)).toMatchObject({ type: 'offers' })
  })

  test.each(['<html>', 'entries: 1', 'entries:\n  app: {', '', '{"entries": 1}'])(
    '%s is no index',
    (text) => {
      expect(readChartOffers(text, 'app', base)).toEqual({ type: 'malformed' })
    },
  )

  test('reads one chart of a large index without parsing the rest', () => {
    const many = Array.from(
      { length: 20_000 },
      (_, index) => `  c${index}:\n  - version: 1.0.0\n    urls: [c.tgz]\n    broken: "\n`,
    ).join('')
    // The others are no YAML at all: had they been parsed, there would be no answer.
    expect(
      readChartOffers(`entries:\n${many}  app:\n  - version: 1.0.0\n    urls: [a.tgz]\n`, 'app', base),
    ).toMatchObject({ type: 'offers', offers: [{ name: '1.0.0' }] })
  })
})

test.each([
  ['x.tgz', 'https://h/charts', 'https://h/charts/x.tgz'],
  ['x.tgz', 'https://h/charts/', 'https://h/charts/x.tgz'],
  ['/x.tgz', 'https://h/charts', 'https://h/x.tgz'],
  ['x.tgz', 'https://h/charts?token=1', 'https://h/charts/x.tgz?token=1'],
  ['https://other/x.tgz', 'https://h/charts', 'https://other/x.tgz'],
  ['oci://r/x:1', 'https://h/charts', 'oci://r/x:1'],
])('%s relative to %s is %s', (url, repository, resolved) => {
  expect(resolveUrl(url, repository)).toBe(resolved)
})
