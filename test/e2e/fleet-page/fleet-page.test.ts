import { join } from 'node:path'
import type { Browser, Page } from 'puppeteer-core'
import { afterAll, beforeAll, describe, expect, onTestFinished, test, vi } from 'vitest'
import { initFiles } from '../../../src/cli/init-files.ts'
import {
  createFleetPageRig,
  createQuickCli,
  fleetPath,
  type FleetPageRig,
} from '../../app/fleet-page/fleet-page-rig.ts'
import { artifactsFolder, hasChromium, launchChromium } from '../report-page/chromium.ts'
import { printFleet, type FleetShape } from './printed-fleet.ts'

interface Opened {
  readonly page: Page
  readonly rig: FleetPageRig
}

interface OpenOptions {
  readonly shape?: FleetShape
  readonly scripts?: boolean
  readonly scheme?: 'light' | 'dark'
  readonly title?: string
}

describe.skipIf(!hasChromium)(
  'the fleet page in a browser',
  () => {
    let browser: Browser
    beforeAll(async () => {
      browser = await launchChromium()
    })
    afterAll(() => browser?.close())

    /** Signs in as people do, and waits until the page is there. Nothing may be said or asked for elsewhere meanwhile. */
    async function open({
      shape = { clusters: 120, addOns: 5 },
      ...options
    }: OpenOptions = {}): Promise<Opened> {
      const { scripts = true, scheme = 'light', title = 'Roll back' } = options
      const rig = await createFleetPageRig({ cli: () => createQuickCli('', printFleet(shape)) })
      rig.state.commit('main', initFiles)
      const commit = rig.state.git().git('rev-parse', 'main').trim()
      rig.state.git().git('update-ref', 'refs/heads/fleetwright/fleet/x', commit)
      rig.state.openPullRequest({
        ...{ title, headBranch: 'fleetwright/fleet/x', headCommit: commit, baseCommit: commit },
        author: rig.double.world.account(rig.app.login),
      })
      rig.double.signIn('ada')
      const context = await browser.createBrowserContext()
      const page = await context.newPage()
      const [said, elsewhere]: [string[], string[]] = [[], []]
      page.on('console', (message) => said.push(`${message.type()}: ${message.text()}`))
      page.on('pageerror', (error) => said.push(String(error)))
      page.on('dialog', (dialog) => {
        said.push(`dialog: ${dialog.message()}`)
        void dialog.dismiss()
      })
      page.on('request', (request) => {
        const { origin, pathname } = new URL(request.url())
        const isLogin = origin === rig.double.url && pathname === '/login/oauth/authorize'
        if (origin !== rig.url && !isLogin && !request.url().startsWith('data:'))
          elsewhere.push(request.url())
      })
      onTestFinished(async () => {
        await context.close()
        expect({ said, elsewhere }).toEqual({ said: [], elsewhere: [] })
      })
      await page.setJavaScriptEnabled(scripts)
      await page.emulateMediaFeatures([{ name: 'prefers-color-scheme', value: scheme }])
      await page.goto(`${rig.url}${fleetPath}`)
      // The page asks again by itself.
      await vi.waitFor(async () => expect(await page.$('#placement')).not.toBeNull(), { timeout: 60_000 })
      return { page, rig }
    }

    const texts = (page: Page, selector: string): Promise<readonly string[]> =>
      page.$$eval(selector, (all) =>
        all.map(({ textContent }) => (textContent ?? '').replace(/\s+/g, ' ').trim()),
      )
    const rows = (page: Page): Promise<readonly string[]> => texts(page, '.matrix tbody th')
    const submit = async (page: Page): Promise<void> => {
      await Promise.all([page.waitForNavigation(), page.click('.filter button')])
    }
    const takeScreenshot = async (page: Page, name: string): Promise<void> => {
      await page.screenshot({ path: join(await artifactsFolder(), `fleet-page-${name}.png`) })
    }

    test.for([true, false])(
      'scripts %s: the matrix is read page by page, and filtered by a form',
      async (scripts) => {
        const { page } = await open({ scripts })
        expect(await page.title()).toBe('fleet/demo – fleetwright')
        expect(await texts(page, 'h2')).toEqual([
          ...['Placement', 'Facts', 'Conflicts', 'On hold', 'Pull requests waiting', 'Recent changes'],
        ])
        expect(await texts(page, '.matrix thead th')).toEqual([
          ...['Cluster', 'Kubernetes', 'Facts'],
          ...[0, 1, 2, 3, 4].map((index) => `app-${index}helm-app-${index}`),
        ])
        expect(await rows(page)).toHaveLength(50)
        await Promise.all([page.waitForNavigation(), page.click('a[rel="next"]')])
        expect(await texts(page, '#shown')).toEqual(['Clusters 51 to 100 of 120'])
        expect((await rows(page))[0]).toContain('fleet/cluster-0050')
        await page.type('[name="cluster"]', 'env=staging 000')
        await submit(page)
        expect((await rows(page)).map((row) => row.slice(0, 18))).toEqual(
          [1, 3, 5, 7, 9].map((index) => `fleet/cluster-000${index}`),
        )
        expect(await page.$eval('[name="cluster"]', (field) => (field as HTMLInputElement).value)).toBe(
          'env=staging 000',
        )
        await page.click('[name="only"]')
        await submit(page)
        // Every third is held, every fifth has a conflict.
        expect((await rows(page)).map((row) => row.slice(14, 18))).toEqual(['0003', '0005', '0009'])
        await Promise.all([page.waitForNavigation(), page.click('.filter a')])
        await page.type('[name="addon"]', 'app-4')
        await page.keyboard.press('Enter')
        await vi.waitFor(async () => expect(await texts(page, '#shown')).toEqual(['1 cluster']))
        expect(await texts(page, '.matrix tbody td:last-child')).toEqual(['1.4.0'])
        await takeScreenshot(page, `filtered-${scripts ? 'with' : 'without'}-scripts`)
      },
    )

    test.for(['light', 'dark'] as const)('%s: texts stand out from what they stand on', async (scheme) => {
      const { page } = await open({ scheme })
      const paper = await page.evaluate(() => getComputedStyle(document.body).backgroundColor)
      expect(paper).toBe(scheme === 'light' ? 'rgb(255, 255, 255)' : 'rgb(20, 22, 26)')
      expect(await page.evaluate(faintTexts)).toEqual([])
      await takeScreenshot(page, scheme)
    })

    test('on a phone the page is as wide as the screen, and its tables scroll', async () => {
      const { page } = await open()
      await page.setViewport({ width: 360, height: 740, isMobile: true, hasTouch: true })
      await page.reload()
      const widths = await page.evaluate(() => ({
        page: document.documentElement.scrollWidth,
        table: document.querySelector('.wide')?.scrollWidth ?? 0,
        fields: [...document.querySelectorAll('button, input[type="search"]')].map(
          (field) => field.getBoundingClientRect().right <= innerWidth,
        ),
      }))
      expect(widths.page).toBe(360)
      expect(widths.table).toBeGreaterThan(360)
      expect(widths.fields).not.toContain(false)
      await takeScreenshot(page, 'phone')
    })

    test('those who do not look are told what tables are about, and reach all by keyboard', async () => {
      const { page } = await open()
      const tree = JSON.stringify(await page.accessibility.snapshot({ interestingOnly: false }))
      for (const role of ['rowheader', 'columnheader', 'search', 'navigation', 'region', 'banner', 'main'])
        expect(tree).toContain(`"role":"${role}"`)
      const reached: string[] = []
      for (let count = 0; count < 12; count += 1) {
        await page.keyboard.press('Tab')
        reached.push(
          await page.evaluate(() => {
            const { activeElement: one } = document
            return one?.getAttribute('name') ?? one?.getAttribute('class') ?? one?.localName ?? ''
          }),
        )
      }
      expect(reached).toEqual(
        expect.arrayContaining(['skip', 'home', 'button', 'cluster', 'addon', 'only', 'wide']),
      )
      const dangling = await page.$$eval('[aria-labelledby]', (all) =>
        all
          .map((one) => one.getAttribute('aria-labelledby') ?? '')
          .filter((id) => !document.getElementById(id)),
      )
      expect(dangling).toEqual([])
    })

    test('somebody signs out by a button', async () => {
      const { page, rig } = await open()
      await Promise.all([page.waitForNavigation(), page.click('header button')])
      expect(page.url()).toBe(`${rig.url}/`)
      rig.double.signIn(undefined)
      await page.goto(`${rig.url}${fleetPath}`)
      expect(page.url()).toContain(`${rig.double.url}/login/oauth/authorize`)
    })

    let plain: readonly string[] | undefined
    test.for([
      '<script>alert(1)</script>',
      '"><img src=http://evil.example/x onerror=alert(2)>',
      '</table></main><iframe src=javascript:alert(3)>',
      "' onfocus=alert(4) autofocus='",
      '{{constructor}}<base href=//evil.example>',
      '\u202e<svg onload=alert(5)>\u200b',
    ])('%j in names, labels, reasons and titles stays a text', async (text) => {
      const { page } = await open({ shape: { clusters: 5, addOns: 2, text }, title: text })
      const seen = text.replace('\u202e', '‹U+202E›').replace('\u200b', '‹U+200B›')
      const elements = (of: Page): Promise<readonly string[]> =>
        of.$$eval('*', (all) => all.map(({ localName }) => localName))
      plain ??= await elements(
        (await open({ shape: { clusters: 5, addOns: 2, text: 'x' }, title: 'x' })).page,
      )
      expect(await elements(page)).toEqual(plain)
      expect((await rows(page))[0]).toContain(`fleet/cluster-0000${seen}`)
      expect((await texts(page, '#proposals ~ ul a'))[0]).toContain(seen)
      await page.type('[name="cluster"]', text.replace(/[\s,]+/g, ' ').slice(0, 20))
      await submit(page)
      expect(await page.$$('img, iframe, script, svg, base')).toEqual([])
    })

    test('5,000 clusters with 20 add-ons are 50 rows, and no more bytes than a phone takes', async () => {
      const { page, rig } = await open({ shape: { clusters: 5000, addOns: 20 } })
      expect(await texts(page, '#shown')).toEqual(['Clusters 1 to 50 of 5,000'])
      const html = await page.goto(`${rig.url}${fleetPath}?page=100`)
      expect(await texts(page, '#shown')).toEqual(['Clusters 4,951 to 5,000 of 5,000'])
      expect((await html?.buffer())?.byteLength).toBeLessThan(128 * 1024)
      await takeScreenshot(page, 'large')
    })
  },
  180_000,
)

/** Runs in the page: texts whose contrast to what is behind them is below 4.5 (WCAG AA), each kind once. */
function faintTexts(): readonly string[] {
  const parse = (color: string): readonly number[] => (color.match(/[\d.]+/g) ?? []).map(Number)
  const luminance = ([red = 0, green = 0, blue = 0]: readonly number[]): number => {
    const [r = 0, g = 0, b = 0] = [red, green, blue].map((part) =>
      part / 255 <= 0.04045 ? part / 255 / 12.92 : ((part / 255 + 0.055) / 1.055) ** 2.4,
    )
    return 0.2126 * r + 0.7152 * g + 0.0722 * b
  }
  const behind = (element: Element | null): readonly number[] => {
    const color = element ? parse(getComputedStyle(element).backgroundColor) : [255, 255, 255]
    return element && color[3] === 0 ? behind(element.parentElement) : color
  }
  const faint = new Set<string>()
  for (const element of document.querySelectorAll('main *, header *')) {
    const hasText = [...element.childNodes].some(
      (node) => node.nodeType === 3 && node.textContent?.trim() !== '',
    )
    if (!hasText) continue
    const [one, other] = [luminance(parse(getComputedStyle(element).color)), luminance(behind(element))].sort(
      (a, b) => b - a,
    )
    const contrast = ((one ?? 0) + 0.05) / ((other ?? 0) + 0.05)
    if (contrast < 4.5) faint.add(`${element.localName}.${element.className}: ${contrast.toFixed(2)}`)
  }
  return [...faint]
}
