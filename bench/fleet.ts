import { mkdtempSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { compileFleet } from './compile-run.ts'
import { corpusCharts } from './corpus-charts.ts'
import { benchClusters, bumpGrafana, git, writeFleet } from './fleet-repository.ts'
import { helmTemplateSeconds } from './helm-processes.ts'
import type { BenchContext, Row } from './rows.ts'

/** The fleet of the issue: cold, nothing changed, one chart of one environment bumped; against helm processes. */
export async function benchFleet({
  clusters: count,
  corpus,
  helm,
  log,
}: BenchContext): Promise<readonly Row[]> {
  const scratch = mkdtempSync(join(tmpdir(), 'fleetwright-bench-'))
  try {
    const fleet = join(scratch, 'fleet')
    const clusters = benchClusters(count)
    writeFleet(fleet, corpusCharts(corpus), clusters)
    log(`fleet of ${count} clusters written; compiling`)
    const cold = await compileFleet(fleet)
    log(`cold: ${cold.seconds.toFixed(2)} s`)
    const unchanged = await compileFleet(fleet)
    log(`unchanged: ${unchanged.seconds.toFixed(2)} s`)
    bumpGrafana(fleet)
    const bumped = await compileFleet(fleet)
    log(
      `bumped: ${bumped.seconds.toFixed(2)} s; ${git(fleet, 'diff', '--shortstat', 'rendered~1', 'rendered').trim()}`,
    )
    log(`helm: ${count * 10} renders in two processes side by side`)
    const calibration = await helmTemplateSeconds(helm, fleet, clusters, 2)
    const row = (what: string, { seconds, peakBytes }: typeof cold, wanted: string): Row => ({
      what,
      seconds,
      ratio: calibration / seconds,
      peakBytes,
      wanted,
    })
    return [
      { what: `helm template, ${count * 10} renders, 2 processes`, seconds: calibration },
      row('compile, cold', cold, 'at least 5 x, under 1500 MB'),
      row('compile, nothing changed', unchanged, 'at least 100 x'),
      row('compile, one chart of one environment bumped', bumped, 'at least 40 x'),
    ]
  } finally {
    rmSync(scratch, { recursive: true, force: true })
  }
}
