import { mkdtempSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { compileFleet } from './compile-run.ts'
import { corpusCharts } from './corpus-charts.ts'
import { benchClusters, writeFleet } from './fleet-repository.ts'
import type { BenchContext, Row } from './rows.ts'

/** Cold compiles of fleets that double: time for each further cluster, so that a fixed start does not flatter. */
export async function benchGrowth({ corpus, log }: BenchContext): Promise<readonly Row[]> {
  const rows: Row[] = []
  let before: { readonly count: number; readonly seconds: number } | undefined
  for (const count of [50, 100, 200, 400]) {
    const scratch = mkdtempSync(join(tmpdir(), 'fleetwright-bench-'))
    try {
      const fleet = join(scratch, 'fleet')
      writeFleet(fleet, corpusCharts(corpus), benchClusters(count))
      const { seconds, peakBytes } = await compileFleet(fleet)
      const further = before && ((seconds - before.seconds) / (count - before.count)) * 1000
      log(`${count} clusters: ${seconds.toFixed(2)} s`)
      const each = `${((seconds / count) * 1000).toFixed(0)} ms a cluster`
      const marginal = further === undefined ? '' : `, ${further.toFixed(0)} ms a further cluster`
      rows.push({
        what: `cold, ${count} clusters: ${each}${marginal}`,
        seconds,
        peakBytes,
        wanted: 'does not grow',
      })
      before = { count, seconds }
    } finally {
      rmSync(scratch, { recursive: true, force: true })
    }
  }
  return rows
}
