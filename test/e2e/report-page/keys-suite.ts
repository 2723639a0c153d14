import type { Page } from 'puppeteer-core'
import { describe, expect, test } from 'vitest'
import { base } from '../../report/page/fleet-review.ts'
import { focusedText, setFilter, visibleTexts, type Open } from './opened-page.ts'
/** All of it with the keyboard. */
export function keysSuite(open: Open): void {
  describe('without a mouse', () => {
    test('the first stop leads to the changes, and the matrix is one stop', async () => {
      const page = await open()
      await page.keyboard.press('Tab')
      expect(await focusedText(page)).toBe('Skip to the changes')
      expect(await page.$$eval('#grid [tabindex="0"]', (cells) => cells.length)).toBe(1)
      expect(await page.$$eval('#grid a', (links) => links.filter((link) => link.tabIndex >= 0).length)).toBe(
        0,
      )
    })

    test('a slash leads to the text filter, but is a sign in it', async () => {
      const page = await open()
      await page.keyboard.press('/')
      expect(await page.evaluate(() => document.activeElement?.getAttribute('name'))).toBe('q')
      await page.keyboard.type('a/b')
      expect(await page.$eval('[name="q"]', (field) => (field as HTMLInputElement).value)).toBe('a/b')
    })

    test('arrows, Home and End move in the matrix, and stop at its edges', async () => {
      const page = await open()
      await page.focus('#grid [tabindex="0"]')
      const press = async (...keys: readonly Parameters<Page['keyboard']['press']>[0][]): Promise<string> => {
        for (const key of keys) await page.keyboard.press(key)
        return focusedText(page)
      }
      expect(await focusedText(page)).toBe('⇄moved v1.16.1▲ danger')
      expect(await press('ArrowDown', 'ArrowRight', 'ArrowRight')).toBe('−lost 3.17.0▲ danger')
      expect(await press('Home')).toBe('3 clustersfleet/prod-ap-002 … fleet/prod-ap-008')
      expect(await press('ArrowLeft', 'ArrowLeft')).toBe('3 clustersfleet/prod-ap-002 … fleet/prod-ap-008')
      expect(await press('ArrowUp', 'ArrowUp', 'ArrowUp')).toBe('Cluster')
      expect(await press('End')).toBe('policybaseline-limits')
      expect(await press('PageDown')).toBe('✓')
      await page.keyboard.down('Control')
      expect(await press('Home')).toBe('Cluster')
      await page.keyboard.up('Control')
      const outline = await page.evaluate(
        () => getComputedStyle(document.activeElement ?? document.body).outlineStyle,
      )
      expect(outline).toBe('solid')
    })

    test('Enter opens what stands behind a cell, Escape leads back to it', async () => {
      const page = await open()
      await page.focus('#grid [tabindex="0"]')
      await page.keyboard.press('ArrowDown')
      await page.keyboard.press('End')
      await page.keyboard.press('ArrowLeft')
      await page.keyboard.press('Enter')
      expect(await focusedText(page)).toBe(`${base} on 3 clusters`)
      await page.keyboard.press('Escape')
      expect(await visibleTexts(page, '#inspector')).toEqual([])
      expect(await focusedText(page)).toBe('✓')
    })

    test('the place in the matrix outlives a filter', async () => {
      const page = await open()
      await page.focus('#grid [tabindex="0"]')
      await page.keyboard.press('ArrowDown')
      await setFilter(page, 'cluster', 'prod')
      expect(await page.$$eval('#grid [tabindex="0"]', (cells) => cells.length)).toBe(1)
    })
  })
}
