import { spawn } from 'node:child_process'
import { mkdirSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { benchCharts, type BenchCluster } from './fleet-repository.ts'

/**
 * The same renders by `helm template`, `parallel` processes side by side, output thrown away. Seconds.
 * Values files lie ready, so that only what helm does is counted.
 */
export async function helmTemplateSeconds(
  helm: string,
  fleet: string,
  clusters: readonly BenchCluster[],
  parallel: number,
): Promise<number> {
  const folder = join(fleet, '..', 'helm-values')
  mkdirSync(folder, { recursive: true })
  const jobs = clusters.flatMap((cluster) =>
    benchCharts.map((chart) => {
      const file = join(folder, `${chart.name}-${cluster.name}.yaml`)
      const values = chart.values
        .replaceAll('{{ .Cluster.metadata.name }}', cluster.name)
        .replaceAll('{{ .Cluster.metadata.labels.environment }}', cluster.environment)
      writeFileSync(file, values)
      const options = ['-n', chart.name, '--include-crds', '--kube-version', '1.33.0', '-f', file]
      return ['template', chart.name, join(fleet, 'charts', chart.name), ...options]
    }),
  )
  const started = process.hrtime.bigint()
  const next = jobs[Symbol.iterator]()
  await Promise.all(
    Array.from({ length: parallel }, async () => {
      for (const args of next) await run(helm, args)
    }),
  )
  return Number(process.hrtime.bigint() - started) / 1e9
}

function run(command: string, args: readonly string[]): Promise<void> {
  return new Promise((resolve, reject) => {
    const child = spawn(command, [...args], { stdio: ['ignore', 'ignore', 'pipe'] })
    let stderr = ''
    child.stderr.setEncoding('utf8').on('data', (text: string) => (stderr += text))
    child.on('error', reject)
    child.on('close', (code) =>
      code === 0 ? resolve() : reject(new Error(`helm ${args.join(' ')}: ${stderr}`)),
    )
  })
}
