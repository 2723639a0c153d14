import fc from 'fast-check'
import { beforeAll, expect, test } from 'vitest'
import { readPackagedFleetPage } from '../../../src/adapters/disk/templates.ts'
import { parseFleetQuery, toFleetPage, type FleetPages } from '../../../src/report/report.ts'
import type { FleetState } from '../../../src/report/fleet-page/types.ts'
import { readTags } from '../page/read-tags.ts'
import { cluster, createPages, fleetState, helm, largeState, now } from './sample-fleet.ts'

let pages: FleetPages
beforeAll(async () => {
  pages = await createPages()
})
const visitor = { login: 'ada', proof: 'of-this-session' }

function print(state: FleetState = fleetState(), search = ''): string {
  const query = parseFleetQuery(search)
  const proposals = [
    { number: 7, title: 'prod/eu serves 1.35', head: 'fleetwright/fleet/prod/eu', base: 'rendered' },
  ]
  return pages.fleet(toFleetPage(state, { query, proposals, now, readAt: now }), visitor)
}

test('no template takes any text as it is, and none has a script or a style of its own', async () => {
  for (const [name, text] of await readPackagedFleetPage()) {
    if (!name.endsWith('.hbs')) continue
    expect(text, name).not.toMatch(/\{\{\{|\{\{&|<script|<style| style=| on[a-z]+=/i)
  }
})

test('the style loads nothing', async () => {
  expect((await readPackagedFleetPage()).get('fleet-page.css')).not.toMatch(/url\(|@import|@font-face/)
  expect(pages.style.path).toMatch(/^\/style\/[0-9a-f]{16}\.css$/)
})

test('tables have captions, and their heads say what they are of', () => {
  const { tags, text } = readTags(print())
  const count = (name: string): number => tags.filter((tag) => tag.name === name).length
  expect(count('table')).toBe(5)
  expect(count('caption')).toBe(5)
  const scopes = tags.filter(({ name }) => name === 'th').map(({ attributes }) => attributes.get('scope'))
  expect(scopes.every((scope) => scope === 'col' || scope === 'row')).toBe(true)
  // What scrolls can be reached by keyboard, and has a name.
  const regions = tags.filter(({ attributes }) => attributes.get('role') === 'region')
  expect(
    regions.map(({ attributes }) => [attributes.get('tabindex'), attributes.has('aria-labelledby')]),
  ).toEqual(Array.from({ length: 5 }, () => ['0', true]))
  expect(text).toContain('its chart cannot be downloaded')
  expect(text).toContain('#7 prod/eu serves 1.35')
})

test('a fleet without anything has a page as well', () => {
  const { text } = readTags(print(fleetState({ clusters: [], conflicts: [], changes: [] })))
  expect(text).toContain('No cluster is asked for by these filters.')
})

test('a message says what to do, and may ask again by itself', () => {
  const html = pages.message({
    title: '<b>',
    paragraphs: ['x & y'],
    link: { path: '/login', text: 'Sign in' },
    refreshSeconds: 3,
  })
  const { tags, text } = readTags(html)
  expect(text).toContain('x & y')
  expect(text).toContain('<b>')
  expect(tags.find(({ attributes }) => attributes.has('http-equiv'))?.attributes.get('content')).toBe('3')
  expect(tags.some(({ name }) => name === 'form')).toBe(false)
})

test('whatever texts there are, they are texts', () => {
  const skeleton = readTags(print(hostileState('x'))).tags.map(({ name }) => name)
  fc.assert(
    fc.property(
      fc.oneof(
        fc.string({ unit: 'binary', minLength: 1 }),
        fc.constantFrom(
          '<script>alert(1)</script>',
          '"><img src=x onerror=alert(1)>',
          '{{#each}}',
          '</table>',
          '__proto__',
          "' autofocus",
        ),
      ),
      (text) => {
        const { tags } = readTags(print(hostileState(text)))
        expect(tags.map(({ name }) => name)).toEqual(skeleton)
      },
    ),
    { numRuns: 200 },
  )
})

test('nothing that cannot be seen steers what is read', () => {
  const html = print(hostileState('a\u202eb\u200bc\u0000'))
  expect(html).toContain('a‹U+202E›b‹U+200B›c')
  expect(html).not.toMatch(/[\u202e\u200b\u0000]/)
})

// 5,000 × 20: measured at 50 KiB.
test('a page of 5,000 clusters with 20 add-ons each is below 128 KiB', () => {
  const state = largeState(5000, 20)
  const sizes = [
    '',
    'page=50',
    'page=100',
    'only=troubled',
    'addon=component-1',
    'cluster=env%3Dproduction',
  ].map((search) => Buffer.byteLength(print(state, search)))
  expect(Math.max(...sizes)).toBeLessThan(128 * 1024)
  expect(Math.min(...sizes)).toBeGreaterThan(8 * 1024)
})

/** Everywhere where a stranger's word may stand. */
function hostileState(text: string): FleetState {
  const unit = helm('x', text, { name: text, chart: text, hold: text })
  return fleetState({
    repository: { owner: 'acme', name: 'fleet', url: 'https://github.com/acme/fleet' },
    source: { branch: text, commit: 'a'.repeat(40) },
    rendered: { branch: text, commit: 'b'.repeat(40) },
    clusters: [
      cluster(text, {
        ...{ version: text, wantedVersion: text, labels: [[text, text]], units: [unit] },
        observed: { reachable: false, reason: text, observedAt: '2025-01-01T00:00:00Z' },
      }),
    ],
    conflicts: [{ cluster: text, what: text, owner: text, loser: text, because: text }],
    changes: [{ commit: 'c'.repeat(40), at: text, subject: text, lines: [text] }],
    brake: [text],
  })
}
