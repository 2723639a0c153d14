import { afterAll, beforeAll } from 'vitest'
import { compare } from '../../src/compare/compare.ts'
import type { ChangeCause, Comparison, Side } from '../../src/compare/types.ts'
import { positionOf } from '../../src/diagnostics/position.ts'
import type { Span } from '../../src/diagnostics/types.ts'
import type { Engine } from '../../src/engine/types.ts'
import type { PlannedUnit } from '../../src/resolve/types.ts'
import { clusterProfile, compileFiles, sveltosCluster } from '../compile-files.ts'
import { createTestEngine } from '../engine/built-engine.ts'
import { configMap as rendered, plainOptions, toSide, type WrittenUnit } from './side-double.ts'

let engine: Engine

/** Fleets of a test file are planned by one engine. */
export function useEngine(): void {
  beforeAll(async () => {
    engine = await createTestEngine()
  })
  afterAll(() => engine.close())
}

export type Files = Readonly<Record<string, string>>

/** The plan of these files, and units of which each side renders something of its own. */
async function sideOf(
  files: Files,
  version: string,
  more: Parameters<typeof compileFiles>[2],
): Promise<Side> {
  const { plan, fleet, facts, needs } = await compileFiles(engine, files, { until: 'plan', ...more })
  const clusters = (plan?.clusters ?? []).map(({ cluster, units }): [string, Record<string, WrittenUnit>] => [
    cluster.id,
    Object.fromEntries(units.filter(isWritten).map((unit) => [unit.name, toUnit(unit, version)])),
  ])
  return {
    ...toSide(Object.fromEntries(clusters), { ...(plan && { plan }), fleet }),
    ...{ needs, ...(facts && { facts }) },
  }
}

function isWritten({ syncMode, hold }: PlannedUnit): boolean {
  return syncMode !== 'DryRun' && hold === undefined
}

function toUnit(unit: PlannedUnit, version: string): WrittenUnit {
  return {
    objects: [rendered(unit.name, { version })],
    settings: { profile: unit.claim.profile.id },
  }
}

type Sides = readonly [before: Side, after: Side]

export async function sidesOf(
  before: Files,
  after: Files,
  more: Parameters<typeof compileFiles>[2] = {},
): Promise<Sides> {
  return [await sideOf(before, '1', more), await sideOf(after, '2', more)]
}

/** What is said of the difference between two repositories, each with its line. */
export async function causes(
  before: Files,
  after: Files,
  more: Parameters<typeof compileFiles>[2] = {},
): Promise<readonly string[]> {
  const [was, is] = await sidesOf(before, after, more)
  return describeCauses(await compare(was, is, plainOptions))
}

type Facts = Readonly<Record<string, unknown>>

/** What is said of one repository with other facts, each with its words for a title. */
export async function factCauses(
  files: Files,
  before: Facts,
  after: Facts,
): Promise<readonly (readonly [string, string | undefined])[]> {
  const sides = [
    await sideOf(files, '1', { facts: before }),
    await sideOf(files, '2', { facts: after }),
  ] as const
  const { changes } = await compare(...sides, plainOptions)
  return changes.flatMap((change) => change.causes.map(({ text, fact }) => [text, fact] as const))
}

/** `gained: the cluster is new (clusters.yaml:3)`; a place before the change has a minus. */
export function describeCauses({ changes }: Comparison): readonly string[] {
  return changes.flatMap(({ change, causes: list }) =>
    list.map((cause) => `${change}: ${describeCause(cause)}`),
  )
}

export function describeCause({ text, span, side }: ChangeCause): string {
  return `${text} (${side === 'before' ? '-' : ''}${span ? placeText(span) : ''})`
}

export function placeText({ file, start }: Span): string {
  return `${file.path}:${positionOf(file, start).line}`
}

export const production = { 'clusters.yaml': sveltosCluster('prod', { env: 'production' }) }

/** The same files with one text of the profile and with another. */
export function both(before: string, after: string): readonly [Files, Files] {
  return [
    { ...production, 'grafana.yaml': before },
    { ...production, 'grafana.yaml': after },
  ]
}

export function grafana(more = '', chart = 'chartVersion: 1.0.0'): string {
  return clusterProfile(
    'grafana',
    `clusterSelector: { matchLabels: { env: production } }
${more}
helmCharts:
- repositoryURL: https://charts.example.com
  repositoryName: example
  chartName: example/grafana
  ${chart}
  releaseName: grafana
  releaseNamespace: monitoring`,
  )
}
