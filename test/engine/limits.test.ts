import { readFileSync } from 'node:fs'
import { afterEach, describe, expect, it } from 'vitest'
import { createEngine } from '../../src/engine/engine.ts'
import type { EngineOptions, ReplacementReason } from '../../src/engine/engine.ts'
import type { Engine } from '../../src/engine/types.ts'
import { createTestEngine } from './built-engine.ts'
import { writeCrashingEngine } from './crashing-engine.ts'
import { renderOf } from './small-chart.ts'

const engines: Engine[] = []
const replaced: ReplacementReason[] = []

async function start(options: Partial<EngineOptions> = {}): Promise<Engine> {
  const engine = await createTestEngine({ onWorkerReplaced: (reason) => replaced.push(reason), ...options })
  engines.push(engine)
  return engine
}

afterEach(async () => {
  await Promise.all(engines.splice(0).map((engine) => engine.close()))
  replaced.length = 0
})

const GOOD = renderOf('apiVersion: v1\nkind: ConfigMap\nmetadata: { name: good }\n')
const ENDLESS_TEXT = '{{ range until 1000000 }}{{ range until 1000000 }}{{ end }}{{ end }}'
const ENDLESS = renderOf(ENDLESS_TEXT)
const HOG = renderOf('{{ range until 64 }}{{ $_ := set $.Values (toString .) (repeat 33554432 "x") }}{{ end }}')
const ENTROPY = { clockMs: 1_700_000_000_000 }

async function expectGood(engine: Engine): Promise<void> {
  const outcome = await engine.renderChart(GOOD, ENTROPY)
  expect(outcome).toMatchObject({ ok: true, value: [{ kind: 'ConfigMap', name: 'good' }] })
}

describe('a render that exceeds a limit is ended and the next one works', () => {
  it('an endless template', async () => {
    const engine = await start({ renderTimeoutMs: 1500 })
    await expectGood(engine)
    expect(await engine.renderChart(ENDLESS, ENTROPY)).toEqual({
      ok: false,
      fault: { kind: 'limit', message: 'it took longer than 1.5 s' },
    })
    expect(replaced).toEqual(['time'])
    await expectGood(engine)
  })

  it('a template that hoards memory', async () => {
    const engine = await start({ memoryLimitBytes: 192 * 1024 * 1024 })
    expect(await engine.renderChart(HOG, ENTROPY)).toEqual({
      ok: false,
      fault: { kind: 'limit', message: 'it needed more than 192 MiB of memory' },
    })
    expect(replaced).toContain('death')
    await expectGood(engine)
  })

  it('a template that recurses through itself', async () => {
    const engine = await start()
    const outcome = await engine.renderChart(renderOf('{{ define "a" }}{{ include "a" . }}{{ end }}{{ include "a" . }}'), ENTROPY)
    expect(outcome.ok).toBe(false)
    await expectGood(engine)
  })

  it('a value that holds itself', async () => {
    const engine = await start()
    const cycle = renderOf('{{ $a := dict }}{{ $_ := set $a "a" $a }}{{ $a | toString }}')
    expect(await engine.renderChart(cycle, ENTROPY)).toMatchObject({ ok: false, fault: { kind: 'limit' } })
    await expectGood(engine)
  })

  it('while others go on', async () => {
    const engine = await start({ workers: 2, renderTimeoutMs: 2000 })
    const endless = engine.renderChart(ENDLESS, ENTROPY)
    await Promise.all([1, 2, 3].map(() => expectGood(engine)))
    expect(await endless).toMatchObject({ ok: false, fault: { kind: 'limit' } })
  })

  it('one endless template of a batch fails alone', async () => {
    const engine = await start({ renderTimeoutMs: 1500 })
    const templates = [
      { name: 'good', text: '{{ .a }}' },
      { name: 'endless', text: ENDLESS_TEXT },
    ]
    const outcomes = await engine.executeTemplates({ dialect: 'plain', data: '{"a":"x"}', templates }, ENTROPY)
    expect(outcomes).toMatchObject([
      { ok: true, value: 'x' },
      { ok: false, fault: { kind: 'limit' } },
    ])
  })
})

describe('templates that several ask for side by side', () => {
  const execute = async (engine: Engine, text: string) => {
    const templates = [{ name: 'one', text }]
    const [outcome] = await engine.executeTemplates({ dialect: 'plain', data: '{"a":"x"}', templates }, { clockMs: 0 })
    return outcome
  }

  it('decide about nobody else', async () => {
    const engine = await start({ renderTimeoutMs: 1500 })
    const texts = ['{{ .a }}', ENDLESS_TEXT, '{{ now | date "2006" }}', '{{ fail "no" }}', '{{ .a }}{{ .a }}']
    expect(await Promise.all(texts.map((text) => execute(engine, text)))).toEqual([
      { ok: true, value: 'x' },
      { ok: false, fault: expect.objectContaining({ kind: 'limit' }) as unknown },
      { ok: true, value: '1970', impure: { random: 0, clock: 1 } },
      { ok: false, fault: expect.objectContaining({ kind: 'template' }) as unknown },
      { ok: true, value: 'xx' },
    ])
  })
})

describe('an instance whose memory has grown', () => {
  it('is replaced between two renders', async () => {
    const engine = await start({ recycleBytes: 1 })
    await expectGood(engine)
    await expectGood(engine)
    expect(replaced.filter((reason) => reason === 'memory').length).toBeGreaterThanOrEqual(2)
  })
})

describe('an instance that dies', () => {
  it('is a crash, and its worker is replaced', async () => {
    const engine = await start({ wasmPath: writeCrashingEngine(1) })
    for (let round = 1; round <= 2; round++) {
      const outcome = await engine.mergeValues([])
      expect(outcome).toMatchObject({ ok: false, fault: { kind: 'crash' } })
      expect(outcome.ok ? '' : outcome.fault.message).toContain('unreachable')
      expect(replaced).toEqual(Array(round).fill('death'))
    }
  })

  it('takes no other job with it', async () => {
    const engine = await start({ wasmPath: writeCrashingEngine(1), workers: 2 })
    const outcomes = await Promise.all([1, 2, 3, 4].map(() => engine.mergeValues([])))
    expect(outcomes.map((outcome) => (outcome.ok ? 'ok' : outcome.fault.kind))).toEqual(Array(4).fill('crash'))
  })
})

describe('the start', () => {
  it('refuses an engine that speaks another protocol', async () => {
    await expect(start({ wasmPath: writeCrashingEngine(99) })).rejects.toThrow('of another version than fleetwright')
  })

  it('says where the engine is missing', async () => {
    await expect(start({ wasmPath: '/nowhere/engine.wasm.br' })).rejects.toMatchObject({
      name: 'EnvironmentError',
      operation: 'read /nowhere/engine.wasm.br',
    })
  })

  it('says where the engine is damaged', async () => {
    const wasmPath = new URL(import.meta.url)
    await expect(start({ wasmPath })).rejects.toMatchObject({
      name: 'EnvironmentError',
      operation: `unpack ${wasmPath.href}`,
    })
  })

  it('answers the versions that are linked', async () => {
    const engine = await start()
    expect(engine.versions.protocol).toBe(1)
    expect(engine.versions.helm).toMatch(/^v4\./)
    expect(engine.versions.kustomize).toMatch(/^v0\.21\./)
    expect(engine.versions.go).toMatch(/^go1\.26/)
  })

  it('without a path takes the engine of the package, whose hash is recorded', async () => {
    const engine = await createEngine({ workers: 1 })
    engines.push(engine)
    const recorded = readFileSync(new URL('../../engine/engine.sha256', import.meta.url), 'utf8')
    expect(`${engine.versions.digest}\n`).toBe(recorded)
  })
})

it('a closed engine refuses further calls, and those under way', async () => {
  const engine = await start({ workers: 1 })
  const underWay = [engine.renderChart(ENDLESS, ENTROPY), engine.parseYaml(['a: 1'])]
  const settled = Promise.allSettled(underWay)
  await engine.close()
  await expect(engine.parseYaml(['a: 1'])).rejects.toThrow('the engine is closed')
  for (const call of await settled) {
    expect(call).toMatchObject({ status: 'rejected', reason: { message: 'the engine is closed' } })
  }
})
