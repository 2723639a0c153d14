import type { Page } from 'puppeteer-core'
import { describe, expect, test } from 'vitest'
import { rowHeads, takeScreenshot, visibleTexts, type Open } from './opened-page.ts'
/** Runs in the page: texts whose contrast to what is behind them is below 4.5 (WCAG AA), each selector once. */
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
    if (!hasText || !element.checkVisibility()) continue
    const [one, other] = [luminance(parse(getComputedStyle(element).color)), luminance(behind(element))].sort(
      (a, b) => b - a,
    )
    const contrast = ((one ?? 0) + 0.05) / ((other ?? 0) + 0.05)
    if (contrast < 4.5) faint.add(`${element.localName}.${element.className}: ${contrast.toFixed(2)}`)
  }
  return [...faint]
}

/** How it looks, with and without scripts, and to those who do not look. */
export function looksSuite(open: Open): void {
  describe('light and dark', () => {
    const paper = (page: Page): Promise<string> =>
      page.evaluate(() => getComputedStyle(document.body).backgroundColor)
    const [light, dark] = ['rgb(255, 255, 255)', 'rgb(20, 22, 26)']

    test('follow the system until somebody chooses', async () => {
      expect(await paper(await open())).toBe(light)
      const page = await open({ scheme: 'dark' })
      expect(await paper(page)).toBe(dark)
      await takeScreenshot(page, 'dark')
      await page.click('#theme')
      expect([await paper(page), ...(await visibleTexts(page, '#theme'))]).toEqual([light, 'Theme: light'])
      await page.click('#theme')
      expect([await paper(page), ...(await visibleTexts(page, '#theme'))]).toEqual([dark, 'Theme: dark'])
      await page.click('#theme')
      expect(await visibleTexts(page, '#theme')).toEqual(['Theme: system'])
    })

    test.for(['light', 'dark'] as const)('%s texts stand out from what they stand on', async (scheme) => {
      const page = await open({ scheme })
      await page.click('[data-unfold]')
      const faint = await page.evaluate(faintTexts)
      expect(faint).toEqual([])
    })
  })

  test('without scripts everything can be read, and no control stands about that does nothing', async () => {
    const page = await open({ scripts: false, fragment: '#f0' })
    expect(await rowHeads(page)).toHaveLength(5)
    expect(await visibleTexts(page, '#dangers .danger')).toHaveLength(4)
    expect(await visibleTexts(page, 'button, input, select')).toEqual([])
    expect(await visibleTexts(page, '#f0 .why li')).toEqual([
      'before the cluster has label policy=gatekeeper no more',
    ])
    // A link to a folded place unfolds it.
    const [address = ''] = page.url().split('#')
    expect(await visibleTexts(page, '#f0-o0 .diff, #about .groups dt')).toEqual([])
    await page.goto(`${address}#f0-o0`)
    expect(await visibleTexts(page, '#f0-o0 .diff')).toHaveLength(1)
    const group = await page.$eval('#dangers a.set', (link) => link.getAttribute('href') ?? '')
    await page.goto(`${address}${group}`)
    expect(await visibleTexts(page, '#about .groups dt')).toContain('40 clusters')
  })

  test('everything has a name and a role', async () => {
    const page = await open()
    await page.click('#grid tbody tr:nth-child(2) td:nth-of-type(3)')
    const faults = await page.evaluate(() => {
      const nameOf = (element: Element): string =>
        [
          element.getAttribute('aria-label'),
          document.getElementById(element.getAttribute('aria-labelledby') ?? '')?.textContent,
          ...(element instanceof HTMLInputElement || element instanceof HTMLSelectElement
            ? [...(element.labels ?? [])].map((label) => label.textContent)
            : []),
          element.matches('input,select') ? '' : element.textContent,
        ]
          .join('')
          .trim()
      const nameless = [
        ...document.querySelectorAll('button,input,select,a,section,dialog,form,nav,summary,table[role]'),
      ]
      const levels = [...document.querySelectorAll('h1,h2,h3,h4')]
        .filter((heading) => heading.checkVisibility())
        .map(({ localName }) => Number(localName[1]))
      const referred = ['aria-labelledby', 'aria-describedby', 'for', 'form'].flatMap((name) =>
        [...document.querySelectorAll(`[${name}]`)].map((element) => element.getAttribute(name) ?? ''),
      )
      const cells = [...document.querySelectorAll('#grid tbody tr:not(.part) > *')].map((cell) =>
        cell.getAttribute('role'),
      )
      return {
        nameless: nameless
          .filter((element) => nameOf(element) === '')
          .map(({ outerHTML }) => outerHTML.slice(0, 80)),
        jumps: levels.filter((level, index) => level > (levels[index - 1] ?? 0) + 1),
        titles: levels.filter((level) => level === 1).length,
        dangling: referred.filter((id) => !document.getElementById(id)),
        roles: [...new Set(cells)],
        grid: document.getElementById('grid')?.getAttribute('role'),
        language: document.documentElement.lang,
        mains: document.querySelectorAll('main').length,
      }
    })
    expect(faults).toEqual({
      ...{ nameless: [], jumps: [], titles: 1, dangling: [], roles: ['rowheader', 'gridcell'] },
      ...{ grid: 'grid', language: 'en', mains: 1 },
    })
    const tree = JSON.stringify(await page.accessibility.snapshot({ interestingOnly: false }))
    expect(tree).toContain('"role":"grid"')
    expect(tree).toContain('"role":"columnheader"')
  })

  test('what is printed has no controls', async () => {
    const page = await open()
    await page.emulateMediaType('print')
    expect(await visibleTexts(page, '.filters, .buttons button, #theme, nav')).toEqual([])
    expect(await rowHeads(page)).toHaveLength(5)
  })
}
