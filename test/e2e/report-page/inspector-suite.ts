import { describe, expect, test } from 'vitest'
import { gatekeeper, losing, nginx, productionUs } from '../../report/page/fleet-review.ts'
import { setFilter, takeScreenshot, visibleTexts, type Open } from './opened-page.ts'
/** What a cell tells. */
export function inspectorSuite(open: Open): void {
  describe('what stands behind a cell', () => {
    test('is why it is so, and the diffs of its clusters', async () => {
      const page = await open()
      await page.click('#grid tbody tr:nth-child(2) td:nth-of-type(4)')
      expect(await visibleTexts(page, '#inspector-title')).toEqual([`${nginx} on 3 clusters`])
      expect(await visibleTexts(page, '#inspector .why li')).toEqual([
        'chart version 4.12.0 is asked for fleet/ingress.yaml:5',
        'the cluster has label env=production',
      ])
      // These three are of ap, and the NetworkPolicy of us alone.
      expect(await visibleTexts(page, '#inspector .object > summary')).toEqual([
        '~ changed Deployment ingress-nginx/controller 5 fields',
        '~ changed ConfigMap ingress-nginx/controller 1 field',
        '· routine Service ingress-nginx/controller 1 field',
      ])
      await page.click('#inspector .object:nth-of-type(2) > summary')
      expect(await visibleTexts(page, '#inspector .object:nth-of-type(2) .diff del')).toEqual([
        '- server_tokens on;',
      ])
      expect(await visibleTexts(page, '#inspector .object:nth-of-type(2) .diff ins')).toEqual([
        '+ server_tokens off;',
      ])
      await takeScreenshot(page, 'inspector')
      const ids = await page.$$eval('[id]', (elements) => elements.map(({ id }) => id))
      expect(ids).toHaveLength(new Set(ids).size)
    })

    test('of one cluster has the values of that cluster alone', async () => {
      const page = await open()
      await setFilter(page, 'cluster', productionUs[0] ?? '')
      await page.click('#grid td.changed')
      await page.click('#inspector .object > summary')
      expect(await visibleTexts(page, '#inspector .object[open] .values tbody tr')).toEqual([
        '40 clusterslowmiddle',
      ])
      expect(await visibleTexts(page, '#inspector .object > summary .kind')).toContain('NetworkPolicy')
    })

    test('is what it is where nothing changes', async () => {
      const page = await open()
      await page.click('#grid tbody tr:nth-child(2) td:nth-of-type(5)')
      expect(await visibleTexts(page, '#inspector dt, #inspector dd')).toEqual([
        ...['Change', 'none', 'Version', '3.2.6', 'Owner', 'ClusterProfile/policy'],
      ])
    })

    test('of a row head is its clusters and all that changes in them', async () => {
      const page = await open()
      await page.click('#grid tbody tr:nth-child(2) th')
      expect(await visibleTexts(page, '#inspector dd')).toEqual([losing.join(', ')])
      expect(await visibleTexts(page, '#inspector li')).toEqual([`lost: ${gatekeeper}`, `changed: ${nginx}`])
    })

    test('names the clusters behind a count', async () => {
      const page = await open()
      await page.click('#dangers a.set')
      expect(await visibleTexts(page, '#names li')).toHaveLength(40)
      expect((await visibleTexts(page, '#names li'))[0]).toBe('fleet/dev-ap-161')
      await page.keyboard.press('Escape')
      expect(await visibleTexts(page, '#names')).toEqual([])
    })
  })
}
