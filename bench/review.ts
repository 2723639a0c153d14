import { mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { fileURLToPath } from 'node:url'
import { compileFleet } from './compile-run.ts'
import { corpusCharts } from './corpus-charts.ts'
import { benchClusters, commitAll, factsOf, git, writeFleet } from './fleet-repository.ts'
import { measure, type Measured } from './measure.ts'
import type { BenchContext, Row } from './rows.ts'

const cli = fileURLToPath(new URL('../dist/cli/main.js', import.meta.url))

/** Pull requests on the fleet of the compile bench: one value of one profile, and a chart that moves everywhere. */
export async function benchReview({ clusters: count, corpus, log }: BenchContext): Promise<readonly Row[]> {
  const scratch = mkdtempSync(join(tmpdir(), 'fleetwright-bench-'))
  try {
    const fleet = join(scratch, 'fleet')
    writeFleet(fleet, corpusCharts(corpus), benchClusters(count))
    branch(fleet, 'value', () => {
      replace(fleet, 'profiles/podinfo.yaml', 'ui:\n', 'replicaCount: 3\n      ui:\n')
    })
    branch(fleet, 'bump', () => {
      replace(fleet, 'charts/ingress-nginx/Chart.yaml', /^version: .*$/m, 'version: 99.0.0')
      replace(fleet, 'charts/ingress-nginx/values.yaml', /^(\s+)tag: "v1.*$/m, '$1tag: "v1.99.0"')
    })
    log(`fleet of ${count} clusters written; reviewing without a rendered branch`)
    const cold = await review(fleet, 'value', join(scratch, 'cold'))
    log(`cold: ${cold.seconds.toFixed(2)} s`)
    const calibration = await compileFleet(fleet)
    log(`compiled: ${calibration.seconds.toFixed(2)} s`)
    const warm = await review(fleet, 'value', join(scratch, 'warm'))
    log(`warm: ${warm.seconds.toFixed(2)} s`)
    const bump = await review(fleet, 'bump', join(scratch, 'bump'))
    log(`bump: ${bump.seconds.toFixed(2)} s, ${bump.said}`)
    const row = (what: string, { seconds, peakBytes, said }: typeof warm, wanted: string): Row => ({
      what: `${what}: ${said}`,
      seconds,
      ratio: calibration.seconds / seconds,
      peakBytes,
      wanted,
    })
    return [
      {
        what: 'compile, cold, for comparison',
        seconds: calibration.seconds,
        peakBytes: calibration.peakBytes,
      },
      row('diff, one value, cold', cold, 'under 30 s'),
      row('diff, one value, warm', warm, 'under 10 s'),
      row('diff, a chart on all clusters, warm', bump, 'one comment, under its limit'),
    ]
  } finally {
    rmSync(scratch, { recursive: true, force: true })
  }
}

function branch(fleet: string, name: string, change: () => void): void {
  git(fleet, 'checkout', '-q', '-b', name, 'main')
  change()
  commitAll(fleet, name)
  git(fleet, 'checkout', '-q', 'main')
}

function replace(fleet: string, path: string, from: string | RegExp, to: string): void {
  const text = readFileSync(join(fleet, path), 'utf8')
  const changed = text.replace(from, to)
  if (changed === text) throw new Error(`${path} holds nothing to change`)
  writeFileSync(join(fleet, path), changed)
}

interface ReviewOutput {
  readonly totals: { readonly objects: { readonly changed: number; readonly routine: number } }
}

async function review(
  fleet: string,
  head: string,
  out: string,
): Promise<Measured & { readonly said: string }> {
  const args = ['diff', 'main', head, '--repo', fleet, '--facts', factsOf(fleet), '--report', out]
  const result = await measure(process.execPath, [cli, ...args, '--as-of', '2026-01-02T00:00:00Z'], {
    FLEETWRIGHT_KEY: 'key of the benchmark',
    CI: 'true',
  })
  if (result.exitCode !== 0)
    throw new Error(`diff ended with ${result.exitCode}: ${result.stderr.slice(-2000)}`)
  const { totals } = JSON.parse(readFileSync(join(out, 'review.json'), 'utf8')) as ReviewOutput
  const { changed, routine } = totals.objects
  const comment = readFileSync(join(out, 'comment.md'), 'utf8').length
  const page = readFileSync(join(out, 'report.html')).length
  const said = `${changed} objects change, ${routine} of them routine; comment ${comment} characters, page ${(page / 1e6).toFixed(1)} MB`
  return { ...result, said }
}
