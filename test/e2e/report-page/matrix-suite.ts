import { describe, expect, test } from 'vitest'
import { fleetReview } from '../../report/page/fleet-review.ts'
import { printPage, rowHeads, setFilter, visibleTexts, type Open } from './opened-page.ts'
/** What the matrix shows. */
export function matrixSuite(open: Open): void {
  describe('the matrix', () => {
    test('has a row for each group of equal clusters and a cell for each add-on', async () => {
      const page = await open()
      expect(await rowHeads(page)).toEqual([
        '40 clusters',
        '3 clusters',
        '63 clusters',
        '34 clusters',
        '60 clusters',
      ])
      expect(await visibleTexts(page, '#grid thead th')).toEqual([
        'Cluster',
        'helmcert-manager-cert-manager40 change',
        'helmexternal-secrets-external-secrets34 change',
        'helmgatekeeper-system-gatekeeper3 change',
        'helmingress-nginx-ingress-nginx100 change',
        'helmkyverno-kyverno',
        'helmmonitoring-grafana60 change',
        'helmmonitoring-kube-prometheus-stack',
        'helmvelero-velero',
        'kustomizeapps-base34 change',
        'policybaseline-limits',
      ])
      // Signs and words, and not colour alone.
      expect(await visibleTexts(page, '#grid tbody tr:nth-child(2) td')).toEqual([
        ...['v1.16.1', '0.10.4', '−lost 3.17.0▲ danger', '~changed 4.11.2 → 4.12.0', '3.2.6'],
        ...['8.5.0', '65.1.0', '7.2.1', '✓', '✓'],
      ])
      expect(await visibleTexts(page, '#grid tbody tr:nth-child(5) td')).toContain('+gained 8.5.0')
      expect(await visibleTexts(page, '#grid tbody tr:nth-child(1) td')).toContain('⇄moved v1.16.1▲ danger')
      expect(await visibleTexts(page, '#grid tbody tr:nth-child(4) td')).toContain('·routine 0.10.4')
    })

    test('shows every cluster, or those of one label together', async () => {
      const page = await open()
      await setFilter(page, 'rows', 'each')
      const heads = await rowHeads(page)
      expect(heads).toHaveLength(200)
      expect(heads.slice(0, 2)).toEqual(['fleet/dev-ap-161', 'fleet/dev-ap-164'])
      await setFilter(page, 'rows', 'label:env')
      expect(await visibleTexts(page, '#grid tr.part')).toEqual([
        'env=development',
        'env=production',
        'env=staging',
      ])
      expect(await rowHeads(page)).toEqual([
        '40 clusters',
        '3 clusters',
        '63 clusters',
        '34 clusters',
        '60 clusters',
      ])
      await setFilter(page, 'rows', 'label:region')
      expect((await rowHeads(page)).slice(0, 4)).toEqual([
        '13 clusters',
        '3 clusters',
        '30 clusters',
        '20 clusters',
      ])
    })

    test('keeps its head and its first column in sight', async () => {
      const page = await open()
      await setFilter(page, 'rows', 'each')
      const corner = await page.$eval('.matrix', (matrix) => {
        matrix.scrollTo(600, 2000)
        const outer = matrix.getBoundingClientRect()
        const head = matrix.querySelector('thead th')?.getBoundingClientRect()
        const rows = [...matrix.querySelectorAll('tbody th')].map((cell) => cell.getBoundingClientRect())
        return {
          head: [(head?.left ?? 0) - outer.left, (head?.top ?? 0) - outer.top].map(Math.round),
          columns: [
            ...new Set(
              rows
                .filter(({ top }) => top > outer.top && top < outer.bottom)
                .map(({ left }) => Math.round(left - outer.left)),
            ),
          ],
          scrolled: [matrix.scrollLeft > 0, matrix.scrollTop > 0],
        }
      })
      // One pixel is the border.
      expect(corner).toEqual({ head: [1, 1], columns: [1], scrolled: [true, true] })
    })

    test('1,000 clusters with 40 add-ons that all differ are all there', async () => {
      const many = Array.from({ length: 1000 }, (_, index) => `fleet/c${String(index).padStart(4, '0')}`)
      const units = Array.from({ length: 40 }, (_, index) => `helm-system-addon${index}`)
      const review = {
        ...fleetReview(),
        fleet: many.map((id, row) => ({
          ...{ id, labels: {} },
          units: units.map((unit, column) => ({
            unit,
            profile: 'ClusterProfile/a',
            version: `1.${row}.${column}`,
          })),
        })),
      }
      const page = await open({ html: await printPage(review) })
      expect(await page.evaluate(() => document.querySelectorAll('#grid tbody td').length)).toBeGreaterThan(
        40_000,
      )
      await setFilter(page, 'cluster', 'c0999')
      expect(await rowHeads(page)).toEqual(['fleet/c0999'])
      expect(await visibleTexts(page, '#grid tbody td')).toContain('1.999.39')
    }, 120_000)
  })
}
