import { writeFile } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { pathToFileURL } from 'node:url'
import type { Browser, Page } from 'puppeteer-core'
import { formatPage } from '../../../src/report/report.ts'
import type { Review } from '../../../src/report/types.ts'
import { readPageTemplates } from '../../report/page/read-page-templates.ts'
import { artifactsFolder } from './chromium.ts'

export const pageTitle = '#12: Bump ingress-nginx'

/** The page of a review, with the templates of this package. */
export async function printPage(review: Review, title = pageTitle): Promise<string> {
  return formatPage(review, { templates: await readPageTemplates(), title })
}

export interface OpenedPage {
  readonly page: Page
  readonly url: string
  /** Whatever the browser said: console, errors, violations of the policy. */
  readonly said: readonly string[]
  /** Every request but the one for the page itself. */
  readonly requests: readonly string[]
}

export interface OpenOptions {
  /** Default: the page of `fleetReview`. */
  readonly html?: string
  readonly fragment?: string
  readonly scheme?: 'light' | 'dark'
  readonly scripts?: boolean
}

let count = 0

/** Opens a page that is closed and judged when the test ends. */
export type Open = (options?: OpenOptions) => Promise<Page>

/** Opens a page from a file, as somebody does who downloaded it, and writes down what it asks for and what is said of it. */
export async function openPage(
  browser: Browser,
  html: string,
  options: OpenOptions = {},
): Promise<OpenedPage> {
  const { fragment = '', scheme = 'light', scripts = true } = options
  const file = join(tmpdir(), `report-${process.pid}-${(count += 1)}.html`)
  await writeFile(file, html)
  const url = pathToFileURL(file).href
  const page = await browser.newPage()
  const said: string[] = []
  const requests: string[] = []
  page.on('console', (message) => said.push(`${message.type()}: ${message.text()}`))
  page.on('pageerror', (error) => said.push(String(error)))
  page.on('dialog', (dialog) => {
    said.push(`dialog: ${dialog.message()}`)
    void dialog.dismiss()
  })
  await page.setJavaScriptEnabled(scripts)
  await page.setRequestInterception(true)
  page.on('request', (request) => {
    const isPage = request.isNavigationRequest() && request.url().split('#')[0] === url
    if (!isPage) requests.push(request.url())
    void (isPage ? request.continue() : request.abort())
  })
  await page.emulateMediaFeatures([{ name: 'prefers-color-scheme', value: scheme }])
  await page.goto(`${url}${fragment}`)
  return { page, url, said, requests }
}

/** Texts of what is there and can be seen, white space as one. */
export function visibleTexts(page: Page, selector: string): Promise<readonly string[]> {
  return page.evaluate(
    (wanted) =>
      [...document.querySelectorAll(wanted)]
        .filter((element) => element.checkVisibility())
        .map((element) => (element.textContent ?? '').replace(/\s+/g, ' ').trim()),
    selector,
  )
}

/** Types into, chooses or ticks a filter, as a person does. */
export async function setFilter(page: Page, name: string, value: string): Promise<void> {
  const box = await page.$(`[name="${name}"][type="checkbox"][value="${value}"]`)
  if (box) return box.click()
  if (await page.$(`select[name="${name}"]`)) {
    await page.select(`select[name="${name}"]`, value)
    return
  }
  const field = `input[name="${name}"]`
  await page.click(field, { count: 3 })
  await page.keyboard.press('Backspace')
  await page.type(field, value)
}

/** Units of the changes that are left. */
export function changesLeft(page: Page): Promise<readonly string[]> {
  return page.$$eval('#changes .fold', (folds) =>
    folds
      .filter((fold) => !(fold as HTMLElement).hidden)
      .map((fold) => (fold as HTMLElement).dataset['unit'] ?? ''),
  )
}

/** First cells of the rows of the matrix. */
export function rowHeads(page: Page): Promise<readonly string[]> {
  return visibleTexts(page, '#grid tbody th b')
}

export function focusedText(page: Page): Promise<string> {
  return page.evaluate(() => (document.activeElement?.textContent ?? '').replace(/\s+/g, ' ').trim())
}

export async function takeScreenshot(page: Page, name: string): Promise<void> {
  await page.screenshot({ path: `${await artifactsFolder()}/report-page-${name}.png` })
}
