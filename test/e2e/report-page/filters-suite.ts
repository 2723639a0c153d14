import { describe, expect, test } from 'vitest'
import {
  base,
  certManager,
  fleetReview,
  gatekeeper,
  grafana,
  nginx,
  productionUs,
  secrets,
} from '../../report/page/fleet-review.ts'
import {
  changesLeft,
  focusedText,
  printPage,
  rowHeads,
  setFilter,
  visibleTexts,
  type Open,
} from './opened-page.ts'
/** What the filters leave, and where links lead. */
export function filtersSuite(open: Open): void {
  describe('filters', () => {
    const everything = [gatekeeper, grafana, certManager, base, nginx, secrets]

    test('by text leave the objects that say it', async () => {
      const page = await open()
      await setFilter(page, 'q', 'SERVER_tokens')
      expect(await changesLeft(page)).toEqual([nginx])
      expect(await visibleTexts(page, '#changes .object > summary code')).toEqual([
        'ingress-nginx/controller',
      ])
      expect(await visibleTexts(page, '#dangers .danger')).toEqual([])
      expect(await visibleTexts(page, '#dangers .nothing')).toEqual(['No danger matches the filters.'])
      expect(await rowHeads(page)).toEqual(['3 clusters', '63 clusters', '34 clusters'])
      expect(await visibleTexts(page, '#shown')).toEqual(['1 of 6 changes, 0 of 4 dangers'])
      await setFilter(page, 'q', 'no such thing')
      expect(await visibleTexts(page, '#changes .nothing')).toEqual(['No change matches the filters.'])
    })

    test('by cluster leave what concerns it', async () => {
      const page = await open()
      await setFilter(page, 'cluster', 'stage, dev-ap-16')
      expect(await changesLeft(page)).toEqual([grafana, certManager])
      expect(await rowHeads(page)).toEqual(['3 clusters', '60 clusters'])
      expect(await visibleTexts(page, '#clusters-shown')).toEqual(['63 of 200 clusters in 2 rows'])
      // What concerns the repository concerns every cluster.
      expect(await visibleTexts(page, '#dangers .danger .rule')).toEqual(['owner-changed', 'trust-loosened'])
      await setFilter(page, 'cluster', '*-eu-09')
      expect(await rowHeads(page)).toEqual(['4 clusters'])
    })

    test('by labels select as kubectl does', async () => {
      const page = await open()
      const left = async (selector: string): Promise<readonly string[]> => {
        await setFilter(page, 'labels', selector)
        return visibleTexts(page, '#clusters-shown')
      }
      expect(await left('env=production')).toEqual(['100 of 200 clusters in 3 rows'])
      expect(await changesLeft(page)).toEqual([gatekeeper, base, nginx, secrets])
      expect(await left('env!=production,region=us')).toEqual(['34 of 200 clusters in 2 rows'])
      expect(await left('env in (staging, development), region notin (us)')).toEqual([
        '66 of 200 clusters in 2 rows',
      ])
      expect(await left('!env')).toEqual(['0 of 200 clusters in 0 rows'])
      expect(await left('env')).toEqual(['200 clusters in 5 rows'])
      expect(await left('env in (')).toEqual(['200 clusters in 5 rows'])
      expect(await visibleTexts(page, '#labels-fault')).toEqual(['This is no label selector.'])
      expect(await page.$eval('[name="labels"]', (field) => field.getAttribute('aria-invalid'))).toBe('true')
    })

    test('by add-on leave its column and its changes', async () => {
      const page = await open()
      await setFilter(page, 'addon', nginx)
      expect(await changesLeft(page)).toEqual([nginx])
      expect(await visibleTexts(page, '#grid thead th')).toEqual([
        'Cluster',
        'helmingress-nginx-ingress-nginx100 change',
      ])
      expect(await visibleTexts(page, '#grid tbody tr:nth-child(2) td')).toEqual(['~changed 4.11.2 → 4.12.0'])
    })

    test('by kind of change leave those kinds, and the clusters that have them', async () => {
      const page = await open()
      await setFilter(page, 'change', 'gained')
      expect(await changesLeft(page)).toEqual([grafana])
      expect(await rowHeads(page)).toEqual(['60 clusters'])
      await setFilter(page, 'change', 'lost')
      expect(await changesLeft(page)).toEqual([gatekeeper, grafana])
      await setFilter(page, 'change', 'gained')
      await setFilter(page, 'change', 'lost')
      await setFilter(page, 'change', 'routine')
      expect(await changesLeft(page)).toEqual([secrets])
      // Cells of other changes step back.
      expect(await visibleTexts(page, '#grid tbody td.dim')).toEqual([
        '~changed 4.11.2 → 4.12.0',
        '~changed ✓',
      ])
    })

    test('by danger leave what is dangerous', async () => {
      const page = await open()
      await setFilter(page, 'danger', 'any')
      expect(await changesLeft(page)).toEqual([gatekeeper, certManager])
      await setFilter(page, 'danger', 'high')
      expect(await changesLeft(page)).toEqual([gatekeeper])
      expect(await visibleTexts(page, '#dangers .danger .rule')).toEqual(['unit-removed', 'crd-removed'])
      await setFilter(page, 'danger', 'owner-changed')
      expect(await changesLeft(page)).toEqual([certManager])
      expect(await rowHeads(page)).toEqual(['40 clusters'])
    })

    test('to what changes leave out the columns and rows in which nothing does', async () => {
      const quiet = fleetReview()
      const folds = quiet.comparison.folds.filter(({ unit }) => unit === gatekeeper)
      const review = {
        ...quiet,
        comparison: {
          ...quiet.comparison,
          folds,
          changes: quiet.comparison.changes.filter(({ unit }) => unit === gatekeeper),
        },
      }
      const page = await open({ html: await printPage(review) })
      expect(await rowHeads(page)).toHaveLength(4)
      await setFilter(page, 'changed', '1')
      expect(await rowHeads(page)).toEqual(['3 clusters'])
      expect(await visibleTexts(page, '#grid thead th')).toEqual([
        'Cluster',
        'helmgatekeeper-system-gatekeeper3 change',
      ])
    })

    test('stand in the address, and what it says is shown again', async () => {
      const page = await open()
      await setFilter(page, 'labels', 'env in (production), region=us')
      await setFilter(page, 'change', 'changed')
      await setFilter(page, 'change', 'lost')
      await setFilter(page, 'rows', 'each')
      const fragment = await page.evaluate(() => location.hash)
      expect([...new URLSearchParams(fragment.slice(1))]).toEqual([
        ...[
          ['labels', 'env in (production), region=us'],
          ['change', 'lost'],
          ['change', 'changed'],
        ],
        ['rows', 'each'],
      ])
      const again = await open({ fragment })
      expect(await rowHeads(again)).toEqual(productionUs)
      expect(await changesLeft(again)).toEqual([nginx])
      await again.click('[type="reset"]')
      expect(await changesLeft(again)).toEqual(everything)
      expect(await rowHeads(again)).toHaveLength(5)
      expect(await again.evaluate(() => location.hash)).toBe('')
    })
  })

  describe('links', () => {
    test('of dangers unfold the change that they are about, also one that is filtered out', async () => {
      const page = await open()
      await page.click('[data-fold-up]')
      expect(await visibleTexts(page, '#changes .inside')).toEqual([])
      await setFilter(page, 'q', 'all its objects')
      await page.click('#dangers .danger:not([hidden]) a[href^="#f"]')
      expect(await visibleTexts(page, '#changes .object[open] > summary')).toEqual([
        '− removed CustomResourceDefinition configs.config.gatekeeper.sh · ▲ danger',
      ])
      expect(await focusedText(page)).toBe(
        '− removed CustomResourceDefinition configs.config.gatekeeper.sh · ▲ danger',
      )
      expect(await page.evaluate(() => location.hash)).toBe('#q=all+its+objects&at=f0-o0')
    })

    test('to a change lead there', async () => {
      const page = await open({ fragment: '#f1-o0' })
      expect(await visibleTexts(page, '#f1-o0 .diff ins')).toHaveLength(1)
      // Right below the filters, once the browser has laid out what came in sight.
      const distance = await page.evaluate(async () => {
        for (let frame = 0; frame < 4; frame += 1) await new Promise(requestAnimationFrame)
        const bar = document.getElementById('filters')?.getBoundingClientRect().bottom ?? 0
        return (document.activeElement?.getBoundingClientRect().top ?? 0) - bar
      })
      expect(await focusedText(page)).toBe('+ added ConfigMap monitoring/grafana')
      expect(distance).toBeGreaterThanOrEqual(0)
      expect(distance).toBeLessThan(60)
    })
  })
}
