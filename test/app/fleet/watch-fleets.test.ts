import { readdirSync } from 'node:fs'
import { onTestFinished, describe, expect, test, vi } from 'vitest'
import { readRecordedFolder, writeRecordedFolder } from '../../../src/adapters/disk/facts-folder.ts'
import { watchFleets } from '../../../src/app/fleet/watch-fleets.ts'
import type { CliCall, CliResult } from '../../../src/app/types.ts'
import { factsPrefix, watchKeys } from '../../../src/app/work/state-keys.ts'
import { createFleet, factsOf, pace, versions } from './fleet-rig.ts'

const timeout = 60_000

/** A child that observes, as the test wants it to. */
interface ObservingChild {
  readonly call: CliCall
  readonly folder: string
  isEnded: boolean
  record(files: ReadonlyMap<string, string>): Promise<void>
  end(result: Pick<CliResult, 'exitCode' | 'stderr'>): void
}

function startChild(call: CliCall, children: ObservingChild[]): Promise<CliResult> {
  return new Promise((resolve, reject) => {
    const folder = call.args.find((arg) => arg.startsWith('--out='))?.slice('--out='.length) ?? ''
    let records = 0
    const child: ObservingChild = {
      ...{ call, folder, isEnded: false },
      async record(files) {
        await writeRecordedFolder(folder, files)
        records += 1
        call.onProgress?.('recorded', records, records)
      },
      end(result) {
        child.isEnded = true
        resolve({ ...result, stdout: '', durationMs: 1 })
      },
    }
    call.signal.addEventListener('abort', () => {
      child.isEnded = true
      reject(call.signal.reason as Error)
    })
    children.push(child)
  })
}

async function createWatchRig() {
  const children: ObservingChild[] = []
  const rig = await createFleet(
    {},
    {
      setting: { clusters: { env: { KUBECONFIG: '/of/the/operator' }, args: ['--context', 'hub'] } },
      cli: (real) => (call) => (call.command === 'observe' ? startChild(call, children) : real(call)),
    },
  )
  const first = rig.commitIntent()
  return {
    ...{ rig, first, children },
    watch: (holder: string) => {
      const watching = watchFleets(rig.ports, { ...pace, holder })
      onTestFinished(() => watching.stop())
      return watching
    },
    seen: (holds: () => void | Promise<void>) => vi.waitFor(holds, { timeout: 30_000, interval: 20 }),
    kept: () => rig.ports.state.list(factsPrefix(rig.repository)),
    commitOf: (child: ObservingChild | undefined) =>
      child?.call.args.find((arg) => arg.startsWith('--commit='))?.slice('--commit='.length),
  }
}

const now = Date.UTC(2026, 0, 2)

describe('watching', { timeout }, () => {
  test('what a child records is kept for all, and what is gone is gone; each time there is work', async () => {
    const { rig, children, watch, seen, kept, commitOf, first } = await createWatchRig()
    watch('one')
    await seen(() => expect(children).toHaveLength(1))
    const [child] = children
    expect(commitOf(child)).toBe(first)
    expect(child?.call.args).toEqual(expect.arrayContaining(['--watch', '--context', 'hub']))
    expect(child?.call.env).toMatchObject({ KUBECONFIG: '/of/the/operator' })
    expect(await rig.queued()).toEqual([])
    await child?.record(factsOf(versions, now))
    await seen(async () => expect((await kept()).size).toBe(3))
    await seen(async () =>
      expect(await rig.queued()).toEqual([{ type: 'fleet', repository: rig.repository }]),
    )
    await child?.record(factsOf({ green: versions.green }, now))
    await seen(async () => expect((await kept()).size).toBe(2))
  })

  test('is done by one replica; another takes over with what is known when it stops', async () => {
    const { children, watch, seen, kept } = await createWatchRig()
    const one = watch('one')
    await seen(() => expect(children).toHaveLength(1))
    watch('two')
    await children[0]?.record(factsOf(versions, now))
    await seen(async () => expect((await kept()).size).toBe(3))
    expect(children).toHaveLength(1)
    await one.stop()
    expect(children[0]?.isEnded).toBe(true)
    await seen(() => expect(children).toHaveLength(2))
    expect(await readRecordedFolder(children[1]?.folder ?? '')).toEqual(
      new Map([...factsOf(versions, now)].sort()),
    )
  })

  test('whoever loses the lease stops', async () => {
    const { rig, children, watch, seen } = await createWatchRig()
    let isLost = false
    const { state } = rig.ports
    const watching = watchFleets(
      {
        ...rig.ports,
        state: {
          ...state,
          lease: (name, holder, ms) => (isLost ? Promise.resolve(false) : state.lease(name, holder, ms)),
        },
      },
      { ...pace, holder: 'one' },
    )
    onTestFinished(() => watching.stop())
    await seen(() => expect(children).toHaveLength(1))
    isLost = true
    await seen(() => expect(children[0]?.isEnded).toBe(true))
    watch('two')
    await seen(() => expect(children).toHaveLength(2))
  })

  test('whoever was held up until another one watches keeps nothing more', async () => {
    const { rig, children, watch, seen, kept } = await createWatchRig()
    watch('one')
    await seen(() => expect(children).toHaveLength(1))
    await children[0]?.record(factsOf({ green: versions.green }, now))
    await seen(async () => expect((await kept()).size).toBe(2))
    await rig.ports.state.put(new Map([[watchKeys(rig.repository).session, 'two']]))
    await children[0]?.record(factsOf(versions, now))
    await seen(() => expect(children[0]?.isEnded).toBe(true))
    expect((await kept()).size).toBe(2)
  })

  test('follows the source branch once it was compiled, and starts from what is known', async () => {
    const { rig, children, watch, seen, kept, commitOf } = await createWatchRig()
    watch('one')
    await seen(() => expect(children).toHaveLength(1))
    await children[0]?.record(factsOf(versions, now))
    await seen(async () => expect((await kept()).size).toBe(3))
    const second = rig.state.commit('main', { 'README.md': 'another commit' })
    await rig.ports.state.put(new Map([[watchKeys(rig.repository).source, second]]))
    await seen(() => expect(children).toHaveLength(2))
    expect(children[0]?.isEnded).toBe(true)
    expect(commitOf(children[1])).toBe(second)
    expect(readdirSync(children[1]?.folder ?? '')).toContain('facts')
  })

  test('a child that ends is followed by another, and its end is in the log', async () => {
    const { rig, children, watch, seen } = await createWatchRig()
    watch('one')
    await seen(() => expect(children).toHaveLength(1))
    children[0]?.end({ exitCode: 3, stderr: 'the kubeconfig cannot be read' })
    await seen(() => expect(children).toHaveLength(2))
    expect(rig.logged).toContain('watch-ended')
  })

  test('when facts get too old, there is work', async () => {
    const { rig, children, watch, seen } = await createWatchRig()
    watch('one')
    await seen(() => expect(children).toHaveLength(1))
    const due = new Date(Date.now() - 1000).toISOString()
    await rig.ports.state.put(new Map([[watchKeys(rig.repository).due, due]]))
    await seen(async () =>
      expect(await rig.queued()).toEqual([{ type: 'fleet', repository: rig.repository }]),
    )
  })

  test('what was forgotten is learned anew', async () => {
    const { rig, children, watch, seen, kept } = await createWatchRig()
    watch('one')
    await seen(() => expect(children).toHaveLength(1))
    await children[0]?.record(factsOf(versions, now))
    await seen(async () => expect((await kept()).size).toBe(3))
    const all = await rig.ports.state.list('')
    await rig.ports.state.put(new Map([...all.keys()].map((key) => [key, undefined])))
    await seen(() => expect(children).toHaveLength(2))
    expect(await readRecordedFolder(children[1]?.folder ?? '')).toEqual(new Map())
  })
})
