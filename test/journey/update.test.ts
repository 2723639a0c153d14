import fc from 'fast-check'
import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import { createMemoryBranch, type MemoryBranch } from '../../src/adapters/memory/memory-branch.ts'
import { createMemoryReader } from '../../src/adapters/memory/memory-reader.ts'
import type { Engine } from '../../src/engine/types.ts'
import { createTestEngine } from '../engine/built-engine.ts'
import { filesOf, fleetHistory } from './random-fleet.ts'
import { printed, run, type Run } from './run.ts'
import type { Files } from './small-fleet.ts'

let engine: Engine

beforeAll(async () => {
  engine = await createTestEngine()
})
afterAll(() => engine.close())

/** Compiles one commit of a history, its number being its day; approves what brakes stop. */
async function step(branch: MemoryBranch, files: Files, day: number, fresh = false): Promise<Run> {
  const revision = {
    commit: String(day).repeat(40).slice(0, 40),
    committedAt: `2026-01-0${day}T12:00:00Z`,
    author: { name: 'Ada', email: 'ada@example.org' },
  }
  const ports = { reader: createMemoryReader(files, revision), writer: branch, engine }
  const options = { key: 'a key that everybody shares', fresh }
  const done = await run(ports, options)
  const approved = done.outcome?.status === 'braked' ? [done.outcome.brake.digest] : undefined
  const last = approved ? await run(ports, { ...options, allowDelete: approved }) : done
  expect(['written', 'unchanged'], printed(last)).toContain(last.outcome?.status)
  return last
}

/** Clusters whose folders follow from the last commit alone: nothing of them is held, and nothing draws on the past. */
function settledClusters({ compiled }: Run): string[] {
  const clusters = compiled?.tree?.clusters ?? []
  return clusters
    .filter(
      ({ hold, heldProfiles, units }) =>
        hold === undefined &&
        heldProfiles.length === 0 &&
        units.every(({ kind, name }) => kind !== 'held' && kind !== 'dry-run' && !name.includes('drawing')),
    )
    .map(({ id }) => id)
}

/** What clusters run and how it is delivered. */
function filesOfCluster(branch: MemoryBranch, cluster: string): Record<string, string> {
  const name = cluster.slice(cluster.indexOf('/') + 1)
  const places = new RegExp(`^(clusters|\\.fleetwright/index)/fleet/${name}/|^delivery/.*\\b${name}\\b`)
  return Object.fromEntries([...branch.filesOf('rendered')].filter(([path]) => places.test(path)))
}

/** No object lies in two folders of a cluster: one unit would prune what the other has. */
function expectOneOwnerEach(branch: MemoryBranch): void {
  const paths = [...branch.filesOf('rendered').keys()].filter((path) => path.startsWith('clusters/'))
  const objects = paths.map((path) => path.replace(/^(clusters\/[^/]+\/[^/]+)\/[^/]+\//, '$1 '))
  expect(objects.filter((object, index) => objects.indexOf(object) !== index)).toEqual([])
}

describe('a branch that was brought up to date commit by commit', () => {
  test('is the branch on which every commit was rendered anew', async () => {
    await fc.assert(
      fc.asyncProperty(fleetHistory, async (history) => {
        const [taking, anew] = [createMemoryBranch(), createMemoryBranch()]
        for (const [index, state] of history.entries()) {
          const files = filesOf(state)
          await step(taking, files, index + 1)
          await step(anew, files, index + 1, true)
          expect(Object.fromEntries(taking.filesOf('rendered'))).toEqual(
            Object.fromEntries(anew.filesOf('rendered')),
          )
          expectOneOwnerEach(taking)
        }
      }),
      { numRuns: Number(process.env['RUNS'] ?? 20) },
    )
  })

  test('is, but for what is held, the branch that the last commit alone makes', async () => {
    await fc.assert(
      fc.asyncProperty(fleetHistory, async (history) => {
        const [taking, scratch] = [createMemoryBranch(), createMemoryBranch()]
        let last: Run | undefined
        for (const [index, state] of history.entries()) last = await step(taking, filesOf(state), index + 1)
        const state = history.at(-1)
        if (!last || !state) throw new Error('a history has commits')
        await step(scratch, filesOf(state), history.length)
        for (const cluster of settledClusters(last))
          expect(filesOfCluster(taking, cluster)).toEqual(filesOfCluster(scratch, cluster))
      }),
      { numRuns: Number(process.env['RUNS'] ?? 20) },
    )
  })
})
