import { spawn, type ChildProcess } from 'node:child_process'
import { once } from 'node:events'
import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { createInterface } from 'node:readline'
import { fileURLToPath } from 'node:url'
import { commitAll, git } from './fleet-repository.ts'
import { measure, type Measured } from './measure.ts'
import type { BenchContext, Row } from './rows.ts'

const servers = fileURLToPath(new URL('./observe-servers.ts', import.meta.url))
const cli = fileURLToPath(new URL('../dist/cli/main.js', import.meta.url))

/** Every 50th cluster is dead, and as many are slow. */
const share = 0.02
/** What a cluster may take; a slow one takes all of it. */
const timeout = '15s'

/** The live fleet of the issue: observed once, in one pass, and again without a change. */
export async function benchObserve({ observed: count, log }: BenchContext): Promise<readonly Row[]> {
  const scratch = mkdtempSync(join(tmpdir(), 'fleetwright-bench-'))
  const faulty = Math.ceil(count * share)
  const fleet = spawn(process.execPath, [servers, ...[count, faulty, faulty].map(String)], {
    stdio: ['pipe', 'pipe', 'inherit'],
  })
  try {
    const kubeconfig = join(scratch, 'kubeconfig')
    writeFileSync(kubeconfig, await firstLine(fleet))
    const repository = join(scratch, 'fleet')
    writeIntent(repository)
    log(`${count} clusters answer, but for ${faulty} that are dead and ${faulty} that are slow; observing`)
    const first = await observeFleet(repository, kubeconfig)
    const counts = countsOf(first)
    log(`first: ${first.seconds.toFixed(2)} s, ${describe(counts)}`)
    const again = await observeFleet(repository, kubeconfig)
    log(`again: ${again.seconds.toFixed(2)} s, ${describe(countsOf(again))}`)
    if (counts.observed !== count - 2 * faulty + 1 || counts.missing !== 2 * faulty)
      throw new Error(`${count - 2 * faulty} clusters and the management cluster were to be observed`)
    const row = (what: string, { seconds, peakBytes, cpuSeconds }: Measured): Row => ({
      ...{
        what: `${what}: ${describe(counts)}; ${cpuSeconds.toFixed(1)} s of processor`,
        seconds,
        peakBytes,
      },
      wanted: 'within 60 s, under 1000 MB',
    })
    return [row(`observe ${count} clusters`, first), row('observe again, nothing changed', again)]
  } finally {
    fleet.stdin.end()
    rmSync(scratch, { recursive: true, force: true })
  }
}

async function firstLine(child: ChildProcess): Promise<string> {
  if (child.stdout === null) throw new Error('the fleet has no output')
  const lines = createInterface(child.stdout)
  const [line] = (await Promise.race([
    once(lines, 'line'),
    once(child, 'exit').then(() => Promise.reject(new Error('the fleet ended before it began'))),
  ])) as [string]
  return line
}

/** As a user would, in a process of its own: the management cluster leads to all others, facts go onto the branch. */
async function observeFleet(repository: string, kubeconfig: string): Promise<Measured> {
  const where = ['--repo', repository, '--kubeconfig', kubeconfig, '--timeout', timeout]
  const result = await measure(process.execPath, [cli, 'observe', ...where, '--output', 'json'], {
    FLEETWRIGHT_KEY: 'key of the benchmark',
    CI: 'true',
  })
  // Clusters that do not answer are failures of the world.
  if (result.exitCode !== 3)
    throw new Error(`observe ended with ${result.exitCode}: ${result.stderr.slice(-2000)}`)
  return result
}

interface Counts {
  readonly observed: number
  readonly missing: number
  readonly reasons: readonly string[]
}

function countsOf({ stdout }: Measured): Counts {
  const { clusters } = JSON.parse(stdout) as {
    readonly clusters: readonly { readonly status: string; readonly failure?: { readonly reason: string } }[]
  }
  const count = (wanted: string): number => clusters.filter(({ status }) => status === wanted).length
  const reasons = Map.groupBy(
    clusters.flatMap(({ failure }) => failure?.reason ?? []),
    (reason) => reason,
  )
  return {
    ...{ observed: count('observed'), missing: count('missing') },
    reasons: [...reasons].map(([reason, all]) => `${all.length} ${reason}`).sort(),
  }
}

function describe({ observed, reasons }: Counts): string {
  return [`${observed} observed`, ...reasons].join(', ')
}

function writeIntent(folder: string): void {
  mkdirSync(folder)
  writeFileSync(join(folder, 'intent.yaml'), intent)
  git(folder, 'init', '-q', '-b', 'main')
  commitAll(folder, 'Intent of the benchmark')
}

const intent = `apiVersion: lib.projectsveltos.io/v1beta1
kind: Classifier
metadata: { name: web }
spec:
  classifierLabels: [{ key: web, value: "yes" }]
  deployedResourceConstraint:
    resourceSelectors:
    - group: apps
      version: v1
      kind: Deployment
      evaluate: |
        function evaluate()
          return { matching = obj.metadata.name == "app-7" and obj.status.readyReplicas == obj.spec.replicas }
        end
---
apiVersion: lib.projectsveltos.io/v1beta1
kind: EventSource
metadata: { name: load-balancers }
spec:
  collectResources: true
  resourceSelectors:
  - group: ""
    version: v1
    kind: Service
    evaluate: |
      function evaluate()
        return { matching = obj.status.loadBalancer.ingress ~= nil }
      end
---
apiVersion: lib.projectsveltos.io/v1beta1
kind: EventTrigger
metadata: { name: load-balancers }
spec:
  sourceClusterSelector: { matchLabels: { env: production } }
  eventSourceName: load-balancers
  oneForEvent: true
  policyRefs: [{ kind: ConfigMap, namespace: default, name: address }]
---
apiVersion: v1
kind: ConfigMap
metadata: { name: address, namespace: default, annotations: { projectsveltos.io/instantiate: ok } }
data:
  address.yaml: |
    apiVersion: v1
    kind: ConfigMap
    metadata: { name: "address-{{ .Resource.metadata.name }}", namespace: addresses }
    data: { ip: "{{ (index .Resource.status.loadBalancer.ingress 0).ip }}" }
`
