import { readdirSync, readFileSync, statSync } from 'node:fs'
import { join, resolve } from 'node:path'
import { toFileTree } from '../../src/engine/engine.ts'
import type { Engine, JsonObject } from '../../src/engine/types.ts'
import { parseExactJson } from '../../src/kubernetes/exact-json.ts'

/* The chart of the app, as fleetwright renders it. */

export const appChartFolder = resolve(import.meta.dirname, '../../deploy/chart')

export async function renderAppChart(engine: Engine, values: object, kubeVersion = '1.33.0') {
  return engine.renderChart(
    {
      chart: toFileTree(readChart()),
      release: { name: 'bot', namespace: 'fleetwright' },
      values: JSON.stringify(values),
      capabilities: { kubeVersion },
    },
    { seed: new Uint8Array(32), clockMs: 0 },
  )
}

export async function appChartObjects(engine: Engine, values: object): Promise<readonly JsonObject[]> {
  const rendered = await renderAppChart(engine, values)
  if (!rendered.ok) throw new Error(rendered.fault.message)
  const parsed = await engine.parseYaml(rendered.value.map(({ text }) => text))
  return parsed.flatMap((documents) => documents.map(({ json }) => parseExactJson(json ?? '') as JsonObject))
}

function readChart(): ReadonlyMap<string, Uint8Array> {
  const paths = readdirSync(appChartFolder, { recursive: true, encoding: 'utf8' }).filter((path) =>
    statSync(join(appChartFolder, path)).isFile(),
  )
  return new Map(paths.map((path) => [path, new Uint8Array(readFileSync(join(appChartFolder, path)))]))
}

/** The parts of the Deployment that say what runs, and how. */
export interface AppPod {
  readonly terminationGracePeriodSeconds: number
  readonly volumes: readonly { readonly name: string }[]
  readonly containers: readonly [AppContainer]
}

export interface AppContainer {
  readonly args: readonly string[]
  readonly env: readonly AppVariable[]
  readonly ports: readonly { readonly name: string; readonly containerPort: number }[]
  readonly volumeMounts: readonly { readonly name: string; readonly mountPath: string }[]
  readonly startupProbe: AppProbe
  readonly livenessProbe: AppProbe
  readonly readinessProbe: AppProbe
}

interface AppProbe {
  readonly httpGet: { readonly path: string; readonly port: string }
}

interface AppVariable {
  readonly name: string
  readonly value?: string
  readonly valueFrom?: { readonly secretKeyRef: { readonly name: string; readonly key: string } }
}

export function appPod(objects: readonly JsonObject[]): AppPod {
  const deployment = objects.find((object) => object['kind'] === 'Deployment') as
    { readonly spec: { readonly template: { readonly spec: AppPod } } } | undefined
  if (deployment === undefined) throw new Error('there is no Deployment')
  return deployment.spec.template.spec
}

/** The variables as the container gets them. `secrets`: what the Secrets hold, by name and key. */
export function appVariables(
  { env }: AppContainer,
  secrets: Readonly<Record<string, Readonly<Record<string, string>>>>,
): Readonly<Record<string, string>> {
  const valueOf = ({ value, valueFrom }: AppVariable): string => {
    if (valueFrom === undefined) return value ?? ''
    const { name, key } = valueFrom.secretKeyRef
    const found = secrets[name]?.[key]
    if (found === undefined) throw new Error(`Secret ${name} has no key ${key}`)
    return found
  }
  return Object.fromEntries(env.map((variable) => [variable.name, valueOf(variable)]))
}

/** What is mounted as the operator's file; empty where there is none. */
export function appFleetsFile(objects: readonly JsonObject[]): string {
  const map = objects.find(({ kind }) => kind === 'ConfigMap') as
    { readonly data: { readonly 'fleets.yaml': string } } | undefined
  return map?.data['fleets.yaml'] ?? ''
}
