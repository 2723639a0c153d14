import { cpus, totalmem } from 'node:os'
import { writeFileSync } from 'node:fs'
import { benchApp } from './app.ts'
import { benchComment } from './comment.ts'
import { benchFleet } from './fleet.ts'
import { benchGrowth } from './growth.ts'
import { benchObserve } from './observe.ts'
import { benchReview } from './review.ts'
import { formatRows, type Row } from './rows.ts'

/**
 * `npm run bench -- [fleet] [growth] [observe] [review] [app] [comment] [--clusters N] [--observed N] [--json FILE]`: prints a table and writes JSON. Every figure of a
 * row comes from one run on one machine; ratios are what to quote, since machines are noisy (docs/benchmarks.md).
 */
const benches = {
  fleet: benchFleet,
  growth: benchGrowth,
  observe: benchObserve,
  review: benchReview,
  app: benchApp,
  comment: benchComment,
} as const
type BenchName = keyof typeof benches

const args = process.argv.slice(2)
const option = (name: string): string | undefined => {
  const index = args.indexOf(`--${name}`)
  return index < 0 ? undefined : args[index + 1]
}
const named = args.filter((arg): arg is BenchName => arg in benches)
const clusters = Number(option('clusters') ?? 200)
const observed = Number(option('observed') ?? 300)
const corpus = process.env['FLEETWRIGHT_SHARED'] ?? new URL('../../shared', import.meta.url).pathname
const helm = process.env['FLEETWRIGHT_HELM'] ?? 'helm'

const rows: Row[] = []
for (const name of named.length > 0 ? named : (Object.keys(benches) as BenchName[]))
  rows.push(
    ...(await benches[name]({
      ...{ clusters, observed, corpus, helm },
      log: (line) => process.stderr.write(`${line}\n`),
    })),
  )

process.stdout.write(formatRows(rows))
const machine = {
  cpu: cpus()[0]?.model ?? '',
  cores: cpus().length,
  memoryBytes: totalmem(),
  node: process.version,
}
writeFileSync(
  option('json') ?? 'bench-result.json',
  `${JSON.stringify({ machine, clusters, rows }, null, 2)}\n`,
)
