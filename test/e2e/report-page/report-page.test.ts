import type { Browser } from 'puppeteer-core'
import { afterAll, afterEach, beforeAll, describe, expect, test } from 'vitest'
import { fleetReview } from '../../report/page/fleet-review.ts'
import { hostileReview } from '../../report/page/hostile-review.ts'
import { largeReview } from '../../report/page/large-review.ts'
import { review } from '../../report/review/sample-review.ts'
import { readTags } from '../../report/page/read-tags.ts'
import { hasChromium, launchChromium } from './chromium.ts'
import { filtersSuite } from './filters-suite.ts'
import { inspectorSuite } from './inspector-suite.ts'
import { keysSuite } from './keys-suite.ts'
import { looksSuite } from './looks-suite.ts'
import { matrixSuite } from './matrix-suite.ts'
import {
  openPage,
  pageTitle,
  printPage,
  rowHeads,
  setFilter,
  takeScreenshot,
  visibleTexts,
  type Open,
  type OpenedPage,
} from './opened-page.ts'

describe.skipIf(!hasChromium)('the report page in a browser', () => {
  let browser: Browser
  let html: string
  let opened: OpenedPage[] = []
  const open: Open = async (options = {}) => {
    const one = await openPage(browser, options.html ?? html, options)
    opened.push(one)
    return one.page
  }
  beforeAll(async () => {
    html = await printPage(fleetReview())
    browser = await launchChromium()
  })
  afterAll(() => browser?.close())
  // Whatever a test does with a page: it never asks for anything, and nothing goes wrong in it.
  afterEach(async () => {
    const [all, own] = [opened, opened.map(({ said, requests }) => ({ said, requests }))]
    opened = []
    await Promise.all(all.map(({ page }) => page.close()))
    expect(own).toEqual(own.map(() => ({ said: [], requests: [] })))
  })

  test('says what it is about', async () => {
    const page = await open()
    expect(await page.title()).toBe(pageTitle)
    expect(await visibleTexts(page, 'h1, h2')).toEqual([
      pageTitle,
      expect.stringContaining('lose gatekeeper') as string,
      ...['Placement', 'Dangers', 'Changes', 'Upgrades', 'Diagnostics', 'Held', 'About this report'],
    ])
    await takeScreenshot(page, 'light')
  })

  matrixSuite(open)
  filtersSuite(open)
  inspectorSuite(open)
  keysSuite(open)
  looksSuite(open)

  test('of a fleet without clusters works as well', async () => {
    const page = await open({ html: await printPage(review({ clusters: [] })) })
    expect(await visibleTexts(page, '#verdict')).toEqual(['Nothing changes'])
    expect(await visibleTexts(page, '#clusters-shown')).toEqual(['0 clusters in 0 rows'])
    await setFilter(page, 'q', 'anything')
    await page.focus('#grid [tabindex="0"]')
    await page.keyboard.press('ArrowDown')
    await page.keyboard.press('Enter')
  })

  test('1,500 objects are filtered in one go', async () => {
    const page = await open({ html: await printPage(largeReview()) })
    await setFilter(page, 'q', 'component-149:1.3.0')
    const left = await page.$$eval(
      '#changes .object',
      (objects) => objects.filter((one) => !(one as HTMLElement).hidden).length,
    )
    expect(left).toBe(10)
  })

  test('names of strangers stay names', async () => {
    const texts = [
      ...[
        '<img src=x onerror=alert(1)>',
        '"><script>alert(2)</script>',
        '</script><script>alert(3)</script>',
        "' onfocus='alert(4)",
      ],
      ...[
        '</title><b>',
        'javascript:alert(5)',
        '<!--',
        '&lt;script&gt;',
        '</textarea></style></pre>',
        '__proto__',
        'env=a',
      ],
    ]
    const evil = await printPage(hostileReview(texts), texts[0])
    const page = await open({ html: evil })
    expect(
      await page.$$eval('*', (all) => all.map(({ localName }) => localName).filter((name) => name === 'img')),
    ).toEqual([])
    const names = readTags(evil).tags.map(({ name }) => name)
    const without = await open({ html: evil, scripts: false })
    // The browser reads exactly the elements that were written.
    expect(await without.$$eval('*', (all) => all.map(({ localName }) => localName))).toEqual(names)
    expect(await page.title()).toBe(texts[0])
    await setFilter(page, 'rows', 'each')
    expect(await rowHeads(page)).toHaveLength(5)
    await page.click('[data-unfold]')
    await page.click('#grid td a')
    await setFilter(page, 'q', '<img')
  })
})
