import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import type { ChartRender, Engine, EngineObject, Entropy, Outcome } from '../../src/engine/types.ts'
import { createTestEngine } from './built-engine.ts'
import { renderOf } from './small-chart.ts'

/** A chart of one ConfigMap whose data has a row for each expression. */
function chartOf(rows: Record<string, string>): ChartRender {
  const data = Object.entries(rows).map(([key, expression]) => `  ${key}: {{ ${expression} | toString | quote }}\n`)
  return renderOf(`apiVersion: v1\nkind: ConfigMap\nmetadata: { name: test }\ndata:\n${data.join('')}`)
}

const CLOCK_MS = Date.UTC(2026, 2, 4, 5, 6, 7, 890)
const seeded = (seed: string): Entropy => ({ seed: Buffer.from(seed), clockMs: CLOCK_MS })

function textOf(outcome: Outcome<readonly EngineObject[]>): string {
  return outcome.ok ? outcome.value.map(({ text }) => text).join('---\n') : JSON.stringify(outcome.fault)
}

const RANDOM = {
  randAlphaNum: 'randAlphaNum 32',
  randAlpha: 'randAlpha 32',
  randNumeric: 'randNumeric 32',
  randAscii: 'randAscii 32',
  randBytes: 'randBytes 16',
  randInt: 'randInt 0 1000000000',
  shuffle: 'shuffle "abcdefghijklmnopqrstuvwxyz"',
  uuidv4: 'uuidv4',
  bcrypt: 'bcrypt "x"',
  htpasswd: 'htpasswd "a" "b"',
  encryptAES: 'encryptAES "secretkey" "plain"',
}

const KEYS = {
  ecdsa: 'genPrivateKey "ecdsa"',
  ed25519: 'genPrivateKey "ed25519"',
  selfSigned: '(genSelfSignedCert "a" nil nil 10).Key',
  signed: '(genSignedCert "a" nil nil 10 (genCA "ca" 10)).Cert',
  caWithKey: '(genCAWithKey "ca" 10 (genPrivateKey "ecdsa")).Cert',
}

let engine: Engine
beforeAll(async () => {
  engine = await createTestEngine({ workers: 1, renderTimeoutMs: 120_000 })
})
afterAll(() => engine.close())

describe('what draws randomness', () => {
  for (const [name, expression] of Object.entries(RANDOM)) {
    const chart = chartOf({ [name]: expression })

    it(`${name} is reported, and repeats with its seed alone`, async () => {
      const first = await engine.renderChart(chart, seeded('a'))
      expect(first).toMatchObject({ ok: true, impure: { clock: 0 } })
      expect(first.ok && first.impure?.random).toBeGreaterThan(0)
      expect(textOf(await engine.renderChart(chart, seeded('b')))).not.toBe(textOf(first))
      expect(await engine.renderChart(chart, seeded('a'))).toEqual(first)
    })
  }

  it('without a seed is reported too', async () => {
    const outcome = await engine.renderChart(chartOf({ a: 'randAlpha 5' }), { clockMs: CLOCK_MS })
    expect(outcome.ok && outcome.impure?.random).toBeGreaterThan(0)
  })
})

describe('keys and certificates', () => {
  it('are equal with an equal seed, whatever the engine did before', async () => {
    const chart = chartOf(KEYS)
    const here = await engine.renderChart(chart, seeded('a'))
    expect(here).toMatchObject({ ok: true })
    expect(here.ok && here.impure?.clock).toBeGreaterThan(0)
    // Another history: an instance that drew otherwise before, and collected garbage at other times.
    const other = await createTestEngine({ renderTimeoutMs: 120_000 })
    await other.renderChart(chartOf({ ...RANDOM, some: 'repeat 50000000 "x" | sha256sum' }), seeded('history'))
    await other.renderChart(chartOf({ ca: '(genCA "other" 10).Cert' }), seeded('history'))
    const there = await other.renderChart(chart, seeded('a'))
    await other.close()
    expect(textOf(there)).toBe(textOf(here))
    expect(there).toEqual(here)
  }, 240_000)
})

describe('the clock', () => {
  const chart = chartOf({ now: 'now', date: 'now | date "2006-01-02 15:04:05"', epoch: 'now | unixEpoch' })

  it('is the one that is given, and its reading is reported', async () => {
    const outcome = await engine.renderChart(chart, { clockMs: CLOCK_MS })
    expect(outcome).toMatchObject({ ok: true, impure: { random: 0, clock: 3 } })
    expect(textOf(outcome)).toContain('date: "2026-03-04 05:06:07"\n')
    expect(textOf(outcome)).toContain('now: "2026-03-04 05:06:07.89 +0000 UTC"\n')
  })

  it('is not reported for the collection of garbage', async () => {
    const hungry = chartOf({ a: 'range until 30 }}{{ $_ := repeat 10000000 "x" }}{{ end }}{{ ""' })
    for (let round = 0; round < 3; round++) {
      expect(await engine.renderChart(hungry, { clockMs: CLOCK_MS })).not.toHaveProperty('impure')
    }
  })
})

describe('a render that draws on nothing', () => {
  it('gives equal objects with 1 and with 4 workers, in any order', async () => {
    const charts = Array.from({ length: 12 }, (_, index) => ({
      ...chartOf({
        keys: 'keys (dict "c" 1 "a" 2 "b" 3 "d" 4 "e" 5)',
        values: 'values (dict "c" 1 "a" 2 "b" 3 "d" 4 "e" 5)',
        map: 'dict "c" 1 "a" 2 "b" 3',
        name: '.Values.name',
      }),
      values: `name: render ${index % 5}`,
    }))
    const entropy = { clockMs: CLOCK_MS }
    const alone = await Promise.all(charts.map((chart) => engine.renderChart(chart, entropy)))
    const four = await createTestEngine({ workers: 4 })
    const backwards = await Promise.all(charts.toReversed().map((chart) => four.renderChart(chart, entropy)))
    await four.close()
    expect(backwards.toReversed()).toEqual(alone)
    expect(new Set(alone.map(textOf)).size).toBe(5)
    expect(alone[0]).not.toHaveProperty('impure')
  })
})

describe('templates of a batch', () => {
  it('draw as if each were executed alone', async () => {
    const run = (texts: readonly string[], entropy: Entropy) =>
      engine.executeTemplates(
        { dialect: 'plain', data: '{}', templates: texts.map((text, index) => ({ name: String(index), text })) },
        entropy,
      )
    const together = await run(['pure', '{{ randAlpha 8 }}', '{{ now | unixEpoch }}'], seeded('a'))
    const [alone] = await run(['{{ randAlpha 8 }}'], seeded('a'))
    expect(together[0]).toEqual({ ok: true, value: 'pure' })
    expect(together[1]).toEqual(alone)
    expect(together[2]).toMatchObject({ ok: true, impure: { random: 0, clock: 1 } })
  })
})
