import { createHash } from 'node:crypto'
import fc from 'fast-check'
import { beforeAll, describe, expect, test } from 'vitest'
import { formatPage } from '../../../src/report/report.ts'
import type { ReviewTemplates } from '../../../src/report/template-port.ts'
import { review } from '../review/sample-review.ts'
import { fleetReview, production } from './fleet-review.ts'
import { hostileReview } from './hostile-review.ts'
import { largeReview } from './large-review.ts'
import { readPageTemplates } from './read-page-templates.ts'
import { readTags } from './read-tags.ts'

const title = '#12: Bump ingress-nginx'

/** All that the page is made of. */
const elements = new Set(
  `html head meta title link style script body a header div h1 h2 h3 h4 p nav b i em s small strong code button main section dl dt
  dd form label span kbd input select option fieldset legend output table thead tbody tr th td ul ol li details summary del ins pre
  dialog article`.split(/\s+/),
)
const attributes = new Set(
  `lang charset http-equiv content name rel href class id type for role hidden open value tabindex popover scope colspan form
  autocomplete spellcheck placeholder aria-label aria-labelledby aria-describedby aria-hidden aria-live data-unfold data-fold-up
  data-set data-unit data-fold data-change data-dangers data-row data-owner`.split(/\s+/),
)

describe('formatPage', () => {
  let templates: ReviewTemplates
  beforeAll(async () => {
    templates = await readPageTemplates()
  })
  const page = (of = fleetReview()): string => formatPage(of, { templates, title })

  test('says what was checked against schemas, and nothing where there was nothing to check', () => {
    const schemas = { checked: 218, unchecked: [{ api: 'acme.dev/v1 Widget', objects: 14 }] }
    const said = '<p>218 objects checked against schemas; 14 are of kinds without one.</p>'
    expect(page(review({ schemas }))).toContain(said)
    expect(page(review())).not.toContain('against schemas')
  })

  test('the same review gives the same bytes', () => {
    expect(page(fleetReview())).toBe(page(fleetReview()))
  })

  test('its policy allows what it holds and nothing else', () => {
    const { tags, raw } = readTags(page())
    const policy = tags.find(({ attributes: own }) => own.has('http-equiv'))?.attributes.get('content') ?? ''
    const hashes = raw
      .filter((_, index) => tags.filter(isRaw)[index]?.attributes.get('type') !== 'application/json')
      .map(({ text }) => `'sha256-${createHash('sha256').update(text).digest('base64')}'`)
    const [style, ...scripts] = hashes
    expect(policy.split('; ')).toEqual([
      "default-src 'none'",
      `style-src ${style}`,
      `script-src ${scripts.join(' ')}`,
      'img-src data:',
      "base-uri 'none'",
      "form-action 'none'",
    ])
    expect(scripts).toHaveLength(7)
  })

  test('every link leads to a place in it, and no place is there twice', () => {
    const { tags } = readTags(page())
    const ids = tags.flatMap(({ attributes: own }) => own.get('id') ?? [])
    expect(ids.toSorted()).toEqual([...new Set(ids)].sort())
    const links = tags.flatMap(({ name, attributes: own }) => (name === 'a' ? (own.get('href') ?? []) : []))
    expect(links.length).toBeGreaterThan(20)
    expect(links.filter((link) => !ids.includes(link.slice(1)))).toEqual([])
  })

  test('what is read without scripts is the verdict, the placement, dangers, causes and diffs', () => {
    const { text } = readTags(page())
    const said = [
      '3 clusters lose gatekeeper',
      '--allow-delete 5c1a9e77',
      'CustomResourceDefinition configs.config.gatekeeper.sh is removed with all its objects',
      'the cluster has label policy=gatekeeper no more',
      'fleet/ingress.yaml:5',
      '- server_tokens on;',
      '+ server_tokens off;',
      'The cluster that was seen longest ago is fleet/dev-ap-161: 3h before 2026-11-21T10:00:00Z.',
      'fleetwright diff 111111111111 222222222222',
      'KubeadmControlPlane fleet/dev-ap-161: 3 replaced',
      '4 diagnostics of the base still stand; 1 of the base is resolved.',
    ]
    expect(said.filter((one) => !text.includes(one))).toEqual([])
  })

  test('the names of many clusters stand in it once', () => {
    const { text, raw } = readTags(page())
    const names = text.split(production[50] ?? '').length - 1
    const data = raw.map((one) => one.text.split(production[50] ?? '').length - 1)
    // In the groups that are listed: all of production, those of a value, and perhaps of a region.
    expect(names).toBeLessThanOrEqual(4)
    expect(data.reduce((sum, count) => sum + count, 0)).toBe(1)
  })

  test('a review of nothing says so', () => {
    const { text } = readTags(page(review()))
    expect(text).toContain('Nothing changes on 3 clusters')
    expect(text).toContain('None of the rules found a danger.')
  })

  test('a value that most clusters have by their name is said once', () => {
    const { text } = readTags(page())
    expect(text).toContain('⟨name⟩ stands for the name of each cluster')
    expect(text.split('example.org').length - 1).toBe(1)
  })

  test('1,500 changed objects on 200 clusters stay below 3 MB', () => {
    const html = page(largeReview())
    expect(
      readTags(html).tags.filter((tag) => tag.attributes.get('class')?.startsWith('object ')),
    ).toHaveLength(1500)
    expect(Buffer.byteLength(html)).toBeLessThan(3_000_000)
  })

  test('templates of a repository take the place of those of the package', async () => {
    const own = await readPageTemplates({ 'about.hbs': '<p>Ask {{reproduce}}</p>' })
    const { text } = readTags(formatPage(review({ reproduce: '<us>' }), { templates: own, title }))
    expect(text).toContain('Ask <us>')
    expect(text).not.toContain('About this report')
  })

  test('templates of a repository that fail are left out, and the page says so', async () => {
    const own = await readPageTemplates({ 'about.hbs': '{{nobody}}' })
    const { text } = readTags(formatPage(review(), { templates: own, title }))
    expect(text).toContain('The page templates of the repository were not used: ')
    expect(text).toContain('"nobody" not defined')
    expect(text).toContain('About this report')
  })

  test('line ends of Windows in a template do not void its hash', async () => {
    const css = templates.packaged.get('page.css') ?? ''
    const own = await readPageTemplates({ 'page.css': css.replaceAll('\n', '\r\n') })
    expect(formatPage(review(), { templates: own, title })).toBe(page(review()))
  })

  describe('whatever the fleet calls things', () => {
    const word = fc.constantFrom(
      ...[
        '<',
        '>',
        '"',
        "'",
        '&',
        '=',
        '`',
        '/',
        '\\',
        ' ',
        '\n',
        '\r',
        '\t',
        '\0',
        '{{',
        '}}',
        '{{{',
        '<!--',
        '-->',
        ']]>',
      ],
      ...[
        '<script>',
        '</script>',
        '</style>',
        '</pre>',
        '</title>',
        '<img src=x onerror=alert(1)>',
        ' onclick="x"',
        '<plaintext>',
      ],
      ...[
        '&lt;',
        '&#60;',
        '\u202e',
        '\u200b',
        '\ud800',
        '\u{1f600}',
        'javascript:',
        '__proto__',
        'constructor',
        'evil',
      ],
    )
    const text = fc.array(word, { minLength: 1, maxLength: 6 }).map((words) => words.join(''))

    test('nothing but its own elements and attributes comes of it', () => {
      fc.assert(
        fc.property(fc.array(text, { minLength: 1, maxLength: 12 }), (texts) => {
          const { tags, raw } = readTags(
            formatPage(hostileReview(texts), { templates, title: texts[0] ?? '' }),
          )
          expect(tags.filter(({ name }) => !elements.has(name))).toEqual([])
          expect(
            tags.flatMap(({ attributes: own }) => [...own.keys()]).filter((name) => !attributes.has(name)),
          ).toEqual([])
          expect(tags.filter(isRaw).map(({ name }) => name)).toEqual([
            'style',
            ...Array<string>(8).fill('script'),
          ])
          const links = tags.flatMap(({ attributes: own }) => own.get('href') ?? [])
          expect(links.filter((link) => !/^(?:#[a-z0-9-]+|data:,)$/.test(link))).toEqual([])
          expect(raw.filter((one) => /<\/(?:script|style)|<!--/i.test(one.text))).toEqual([])
        }),
        { numRuns: 60 },
      )
    })

    test('it has as many elements as with harmless names', () => {
      const shape = (of: readonly string[]): readonly string[] =>
        readTags(formatPage(hostileReview(of), { templates, title: of[0] ?? '' })).tags.map(
          ({ name }) => name,
        )
      // As many words, and none with a line end, since values of several lines are shown otherwise.
      const evil = ['<b>1</b>', '"onload="2', '</script><script>3', "'><i>4", '&lt;5', '<!--6', '</title>7']
      const good = evil.map((_, index) => `<harmless>${index}`.replace(/\W/g, 'x'))
      expect(shape(evil)).toEqual(shape(good))
    })

    test('nothing invisible and no mark that reorders is left', () => {
      const html = formatPage(hostileReview(['a\u202eb', 'c\u200bd', 'e\0f', '\ud800g']), {
        templates,
        title: 'x\u202ey',
      })
      expect(html).not.toMatch(/[\0\u200b-\u200f\u202a-\u202e\u2066-\u2069]/)
      expect(html.isWellFormed()).toBe(true)
      expect(readTags(html).text).toContain('a‹U+202E›b')
    })
  })
})

function isRaw({ name }: { readonly name: string }): boolean {
  return name === 'script' || name === 'style'
}
