import { readdirSync, readFileSync } from 'node:fs'
import { join, resolve } from 'node:path'
import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import type { Engine } from '../../src/engine/types.ts'
import { createTestEngine } from '../engine/built-engine.ts'
import { errorsOf } from '../journey/run.ts'
import {
  kubeconfigOf,
  startKubernetesServer,
  type KubernetesServer,
} from '../kubernetes-server/kubernetes-server.ts'
import { createLiveFleet, type LiveFleet } from './live/live-fleet.ts'

/** Three classifiers by version, one profile for each range, and three versions of one chart. */
const repository = resolve(import.meta.dirname, '../../fixtures/cases/resolve/classifier-upgrade/repo')

const configuration = `apiVersion: fleetwright.dev/v1alpha1
kind: FleetConfig
spec:
  clusters:
  - { name: blue, namespace: fleet, context: blue, labels: { env: production } }
  - { name: green, namespace: fleet, context: green, labels: { env: production } }
`

describe('an upgrade of a live cluster', { timeout: 90_000 }, () => {
  let engine: Engine
  let blue: KubernetesServer
  let green: KubernetesServer
  let fleet: LiveFleet

  beforeAll(async () => {
    engine = await createTestEngine()
    blue = await startKubernetesServer({ version: 'v1.24.17' })
    green = await startKubernetesServer({ version: 'v1.25.16' })
    fleet = createLiveFleet({
      engine,
      files: { ...intentFiles(), 'fleetwright.yaml': configuration },
      kubeconfig: kubeconfigOf({ blue, green }),
    })
  })
  afterAll(async () => {
    await Promise.all([engine.close(), blue.stop(), green.stop()])
  })

  test('each cluster gets the chart for its version', async () => {
    await step(fleet, '2026-01-02T00:00:00Z')
    expect(charts(fleet)).toEqual({
      blue: { chart: '3.9.0', kubernetes: 'v1.24.17' },
      green: { chart: '3.10.0', kubernetes: 'v1.25.16' },
    })
  })

  test('what an upgrade would change is told before it happens, and nothing is written', async () => {
    const before = await fleet.branch.read('rendered')
    const whatIf = [{ cluster: 'fleet/blue', version: 'v1.25.0', labels: {}, added: [], removed: [] }]
    const { rendered } = await fleet.imagine('2026-01-02T00:01:00Z', whatIf)
    const imagined = (rendered?.clusters ?? []).flatMap(({ id, units }) =>
      units.flatMap(({ result }) =>
        (result.status === 'rendered' ? result.manifests : []).map(({ text }) => [id, text]),
      ),
    )
    expect(imagined.map(([id, text = '']) => [id, saidBy(text)])).toEqual([
      ['fleet/blue', { chart: '3.10.0', kubernetes: 'v1.25.0' }],
      ['fleet/green', { chart: '3.10.0', kubernetes: 'v1.25.16' }],
    ])
    expect(await fleet.branch.read('rendered')).toEqual(before)
  })

  test('once the cluster is upgraded, observing and compiling moves the chart, and nothing else', async () => {
    const old = await fleet.branch.read('rendered')
    const { port } = blue
    await blue.stop()
    blue = await startKubernetesServer({ version: 'v1.25.16', port })
    await step(fleet, '2026-01-02T00:02:00Z')
    expect(charts(fleet)).toEqual({
      blue: { chart: '3.10.0', kubernetes: 'v1.25.16' },
      green: { chart: '3.10.0', kubernetes: 'v1.25.16' },
    })
    const now = await fleet.branch.read('rendered')
    expect(now.folders.get('clusters/fleet/green')).toBe(old.folders.get('clusters/fleet/green'))
  })

  test('the other cluster moves on to the third chart by itself', async () => {
    const { port } = green
    await green.stop()
    green = await startKubernetesServer({ version: 'v1.26.15', port })
    await step(fleet, '2026-01-02T00:03:00Z')
    expect(charts(fleet)).toEqual({
      blue: { chart: '3.10.0', kubernetes: 'v1.25.16' },
      green: { chart: '3.11.0', kubernetes: 'v1.26.15' },
    })
  })
})

async function step(fleet: LiveFleet, asOf: string): Promise<void> {
  const observed = await fleet.observe(asOf)
  expect(observed.diagnostics).toEqual([])
  expect(observed.clusters.map(({ id, status }) => `${id} ${status}`)).toEqual([
    'fleet/blue observed',
    'fleet/green observed',
  ])
  expect(errorsOf(await fleet.compile(asOf))).toEqual([])
}

/** What the chart of each cluster says of itself. */
function charts(fleet: LiveFleet): Readonly<Record<string, unknown>> {
  const path = 'helm-policy-policy-agent/configmap-policy-policy-agent.yaml'
  return Object.fromEntries(
    ['blue', 'green'].map((name) => [name, saidBy(fleet.folder(`fleet/${name}`)[path] ?? '')]),
  )
}

function saidBy(text: string): Readonly<Record<string, string>> {
  const lines = [...text.matchAll(/^ {2}(chart|kubernetes): (.*)$/gm)]
  return Object.fromEntries(lines.map(([, key = '', value = '']) => [key, value]))
}

/** The clusters are the live ones; the written ones stay out. */
function intentFiles(): Readonly<Record<string, string>> {
  const paths = readdirSync(repository, { recursive: true, withFileTypes: true })
    .filter((entry) => entry.isFile())
    .map((entry) => join(entry.parentPath, entry.name).slice(repository.length + 1))
    .filter((path) => !path.startsWith('clusters/'))
  return Object.fromEntries(paths.map((path) => [path, readFileSync(join(repository, path), 'utf8')]))
}
