import { execFile } from 'node:child_process'
import { promisify } from 'node:util'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import type { JobResult } from '../../src/engine/job-result.ts'
import { readModule } from '../../src/engine/module.ts'
import { createPool } from '../../src/engine/pool.ts'
import type { Pool, PoolOptions, ReplacementReason } from '../../src/engine/pool.ts'
import { executeTemplatesRequest, readObjectsRequest, renderChartRequest } from '../../src/engine/requests.ts'
import { countTogether } from '../../src/engine/slot.ts'
import type { ChartRender } from '../../src/engine/types.ts'
import { createTestEngine, engineFile } from './built-engine.ts'
import { renderOf } from './small-chart.ts'

const MEMORY_LIMIT_BYTES = 512 * 1024 * 1024
let module: WebAssembly.Module
const pools: Pool[] = []

beforeAll(async () => {
  ;({ module } = await readModule(engineFile(), MEMORY_LIMIT_BYTES))
})
afterAll(() => Promise.all(pools.map((pool) => pool.close())))

function startPool(options: Partial<PoolOptions> = {}): Pool {
  const pool = createPool({
    module: Promise.resolve(module),
    workerPath: new URL('../../src/engine/worker.ts', import.meta.url),
    workers: 1,
    timeLimitMs: 30_000,
    memoryLimitBytes: MEMORY_LIMIT_BYTES,
    recycleBytes: MEMORY_LIMIT_BYTES,
    heldFilesLimitBytes: 1024 * 1024,
    textsLimitCharacters: 1024 * 1024,
    onWorkerReplaced: (reason) => expect.fail(`a worker was replaced: ${reason}`),
    ...options,
  })
  pools.push(pool)
  return pool
}

const run = (pool: Pool, render: ChartRender) =>
  pool.run({ ...renderChartRequest(render), world: { clockMs: 0 } })
const configMap = (name: string) =>
  renderOf(`apiVersion: v1\nkind: ConfigMap\nmetadata: { name: ${name} }\ndata: { a: ${'x'.repeat(100)} }\n`)
const textsOf = (result: JobResult) => (result.ok ? result.objects.map(({ text }) => text) : result.fault)

describe('texts', () => {
  it('that had to be dropped are sent again', async () => {
    const roomy = startPool()
    const tight = startPool({ textsLimitCharacters: 10 })
    for (const name of ['a', 'b', 'a', 'a', 'b', 'c', 'a']) {
      expect(textsOf(await run(tight, configMap(name)))).toEqual(textsOf(await run(roomy, configMap(name))))
    }
  })

  it('of several objects of one render are all there when not even one fits', async () => {
    const render = renderOf(
      ['a', 'b', 'c'].map((name) => `apiVersion: v1\nkind: ConfigMap\nmetadata: { name: ${name} }\n`).join('---\n'),
    )
    const tight = startPool({ textsLimitCharacters: 1 })
    for (let round = 0; round < 3; round++) {
      const result = await run(tight, render)
      expect(result.ok && result.objects.map(({ name, text }) => [name, text.length > 0])).toEqual([
        ['a', true],
        ['b', true],
        ['c', true],
      ])
    }
  })
})

describe('charts', () => {
  it('that had to be dropped are loaded again', async () => {
    const pool = startPool({ heldFilesLimitBytes: 1 })
    for (const name of ['a', 'b', 'a', 'b']) {
      expect(textsOf(await run(pool, configMap(name)))).toEqual([expect.stringContaining(`name: ${name}\n`)])
    }
  })

  it('that cannot be loaded are refused each time', async () => {
    const pool = startPool()
    const broken = { ...configMap('a'), chart: { digest: 'x', files: new Map([['README', new Uint8Array()]]) } }
    for (let round = 0; round < 2; round++) {
      expect(await run(pool, broken)).toMatchObject({ ok: false, fault: { kind: 'chart' } })
    }
  })

  it('tell of themselves once they are loaded', async () => {
    const engine = await createTestEngine()
    const { chart } = configMap('a')
    const info = { ok: true, value: { name: 'test', version: '1.0.0', type: 'application', dependencies: [] } }
    expect(await engine.loadChart(chart)).toMatchObject(info)
    expect(await engine.loadChart(chart)).toMatchObject(info)
    await engine.close()
  })
})

describe('jobs that cross together', () => {
  const execute = (pool: Pool, text: string, seed?: string) => {
    const request = executeTemplatesRequest({ dialect: 'plain', data: '{}', templates: [{ name: 't', text }] })
    return pool.run({ ...request, world: { clockMs: 0, ...(seed !== undefined && { seed: Buffer.from(seed) }) } })
  }
  const outcomeOf = (result: JobResult) =>
    result.ok ? { text: result.response.text(0), draws: result.draws } : { fault: result.fault.kind }
  const ENDLESS = '{{ range until 1000000 }}{{ range until 1000000 }}{{ end }}{{ end }}'

  it('are answered each for itself', async () => {
    const jobs = Array.from({ length: 150 }, (_, index) => [`{{ randAlphaNum 8 }} ${index}`, `seed ${index % 7}`] as const)
    const together = startPool()
    const answers = await Promise.all(jobs.map(([text, seed]) => execute(together, text, seed)))
    const alone = startPool()
    for (const [index, [text, seed]] of jobs.entries()) {
      expect(answers[index] && outcomeOf(answers[index])).toEqual(outcomeOf(await execute(alone, text, seed)))
    }
  })

  it('are executed alone when one of them ends the worker', async () => {
    const replaced: ReplacementReason[] = []
    const pool = startPool({ timeLimitMs: 1500, onWorkerReplaced: (reason) => replaced.push(reason) })
    // The first starts the worker, and the others wait for it.
    const results = await Promise.all(['first', 'a', ENDLESS, 'b'].map((text) => execute(pool, text)))
    const calm = { random: 0, clock: 0 }
    expect(results.map(outcomeOf)).toEqual([
      { text: 'first', draws: calm },
      { text: 'a', draws: calm },
      { fault: 'limit' },
      { text: 'b', draws: calm },
    ])
    expect(replaced).toEqual(['time', 'time'])
  })

  it('have their texts sent again where those had to be dropped', async () => {
    const tight = startPool({ textsLimitCharacters: 1 })
    const read = (name: string) =>
      tight.run({
        ...readObjectsRequest({ texts: [{ name, text: `apiVersion: v1\nkind: ConfigMap\nmetadata: { name: ${name} }\n` }] }),
        world: { clockMs: 0 },
      })
    const names = ['a', 'b', 'a', 'c', 'b', 'a', 'a']
    const results = await Promise.all(names.map(read))
    expect(results.map((result) => result.ok && result.objects.map(({ name, text }) => [name, text.length > 0]))).toEqual(
      names.map((name) => [[name, true]]),
    )
  })

  it('are small ones without files, and no more than a share of the queue', () => {
    const waiting = (blobs: readonly string[], isAlone = false) => ({
      job: { charts: [], trees: [], request: { blobs } },
      skipped: 0,
      isAlone,
    })
    const small = waiting(['{}'])
    const large = waiting(['x'.repeat(100_000)])
    const chart = { ...small, job: { ...small.job, charts: [{ digest: 'x', files: new Map() }] } }
    expect(countTogether(Array(200).fill(small), 0, 2)).toBe(64)
    expect(countTogether(Array(10).fill(small), 0, 4)).toBe(3)
    expect(countTogether([small, small, large, small], 0, 1)).toBe(2)
    expect(countTogether([small, small, chart, small], 0, 1)).toBe(2)
    expect(countTogether([small, waiting([], true), small], 0, 1)).toBe(1)
    expect(countTogether([large, small], 0, 1)).toBe(1)
    expect(countTogether([chart, small], 0, 1)).toBe(1)
  })
})

it('the main thread goes on while a render runs', async () => {
  const pool = startPool({ workers: 1 })
  await run(pool, configMap('a'))
  const busy = run(pool, renderOf('{{ range until 3000 }}{{ $_ := sha256sum (repeat 1000 "x") }}{{ end }}'))
  let turns = 0
  let done = false
  void busy.then(() => (done = true))
  while (!done) {
    turns++
    await new Promise(setImmediate)
  }
  expect(turns).toBeGreaterThan(10)
})

it('an engine that nobody closed does not keep the process alive', async () => {
  const engine = new URL('../../src/engine/engine.ts', import.meta.url).href
  const script = `
    const { createEngine } = await import(${JSON.stringify(engine)})
    const engine = await createEngine({ workers: 2, wasmPath: new URL(${JSON.stringify(engineFile().href)}) })
    console.log((await engine.parseYaml(['a: 1']))[0][0].json)`
  const arguments_ = ['--input-type=module', '--eval', script]
  const { stdout } = await promisify(execFile)(process.execPath, arguments_, { timeout: 20_000 })
  expect(stdout).toBe('{"a":1}\n')
})
