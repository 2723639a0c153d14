import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import type { Engine } from '../../src/engine/types.ts'
import type { compileFiles } from '../compile-files.ts'
import { clusterProfile, configMap, sveltosCluster, yaml } from '../compile-files.ts'
import { createTestEngine } from '../engine/built-engine.ts'
import { planText, refers, settings } from './plan-text.ts'

let engine: Engine

beforeAll(async () => {
  engine = await createTestEngine()
})
afterAll(() => engine.close())

const plan = (text: string, options: Parameters<typeof compileFiles>[2] = {}) =>
  planText(engine, text, options)

describe('holds', () => {
  const fleet = (cluster: string) =>
    yaml(cluster, clusterProfile('p', `clusterSelector: { matchLabels: { env: qa } }\n${refers}`), settings)

  test('a paused cluster stays as it is', async () => {
    const paused = sveltosCluster('c1', { env: 'qa' }).replace('spec: {}', 'spec: { paused: true }')
    const { plan: planned } = await plan(fleet(paused))
    expect(planned?.clusters[0]).toMatchObject({ hold: { reason: 'cluster-paused' }, units: [] })
  })

  test('a paused profile holds all that it has on the cluster', async () => {
    const text = fleet(sveltosCluster('c1', { env: 'qa' })).replace(
      '{ name: p }',
      '{ name: p, annotations: { profile.projectsveltos.io/paused: "true" } }',
    )
    const { plan: planned } = await plan(text)
    expect(planned?.clusters[0]?.heldProfiles).toMatchObject([
      { profile: 'ClusterProfile/p', hold: { reason: 'profile-paused' } },
    ])
  })

  test('a profile with errors holds what it has on every cluster, and what it may own; the others go on', async () => {
    const faulty = clusterProfile('a', `clusterSelector: { matchLabels: { env: qa } }\ntier: high\n${refers}`)
    const { plan: planned, diagnostics } = await plan(
      yaml(
        sveltosCluster('c1', { env: 'qa' }),
        sveltosCluster('c2', { env: 'prod' }),
        faulty,
        clusterProfile('b', `clusterSelector: { matchLabels: { env: qa } }\n${refers}`),
        clusterProfile(
          'c',
          `clusterSelector: { matchLabels: { env: qa } }\n${refers.replace('settings', 'other')}`,
        ),
        settings,
        configMap('other', {}),
      ),
    )
    expect(diagnostics.find(({ code }) => code === 'intent/wrong-type')).toMatchObject({ holds: 'unit' })
    expect(planned?.clusters.map(({ heldProfiles }) => heldProfiles.map(({ profile }) => profile))).toEqual([
      ['ClusterProfile/a'],
      ['ClusterProfile/a'],
    ])
    const units = planned?.clusters[0]?.units.map(({ name, hold }) => [name, hold?.reason])
    expect(units).toEqual([
      ['policy-default-other', undefined],
      ['policy-default-settings', 'error'],
    ])
  })

  const observed = (observedAt: string) => ({
    '.fleetwright/facts/fleet/c1.json': { version: 'v1.34.2' },
    '.fleetwright/observed.json': {
      'fleet/c1': { observedAt, reachable: false, reason: 'connection refused' },
    },
  })

  test('facts that are too old hold their cluster alone', async () => {
    const text = `${fleet(sveltosCluster('c1', { env: 'qa' }))}---\n${sveltosCluster('c2', { env: 'qa' })}`
    const { plan: planned, diagnostics } = await plan(text, { facts: observed('2025-12-30T00:00:00Z') })
    expect(planned?.clusters.map(({ hold }) => hold?.reason)).toEqual(['facts-too-old', undefined])
    expect(diagnostics.find(({ code }) => code === 'resolve/facts-too-old')?.message).toContain(
      'connection refused',
    )
  })

  test('facts in time decide the version', async () => {
    const { plan: planned } = await plan(fleet(sveltosCluster('c1', { env: 'qa' })), {
      facts: observed('2026-01-01T12:00:00Z'),
    })
    expect(planned?.clusters[0]).toMatchObject({ kubeVersion: 'v1.34.2' })
    expect(planned?.clusters[0]?.hold).toBeUndefined()
  })

  test('facts that cannot be read hold their cluster', async () => {
    const facts = { '.fleetwright/facts/fleet/c1.json': { version: 7 } }
    const { plan: planned, codes } = await plan(fleet(sveltosCluster('c1', { env: 'qa' })), { facts })
    expect(planned?.clusters[0]?.hold?.reason).toBe('facts-missing')
    expect(codes).toContain('observe/bad-facts')
  })

  test('a cluster of unknown version gets the newest one, and that is said', async () => {
    const unversioned = sveltosCluster('c1', { env: 'qa' }).replace(', version: v1.33.1', '')
    const { plan: planned, codes } = await plan(fleet(unversioned))
    expect(codes).toContain('resolve/version-assumed')
    expect(planned?.clusters[0]?.kubeVersion).toMatch(/^v1\.\d+\.0$/)
  })
})
