import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import { createMemoryReader } from '../../src/adapters/memory/memory-reader.ts'
import { brokenBase, defaultConfig, readConfigInForce } from '../../src/config/config.ts'
import type { Engine } from '../../src/engine/types.ts'
import { createTestEngine } from '../engine/built-engine.ts'

let engine: Engine
beforeAll(async () => {
  engine = await createTestEngine()
})
afterAll(() => engine.close())

const header = 'apiVersion: fleetwright.dev/v1alpha1\nkind: FleetConfig\n'
const strict = `${header}spec: { brakes: { maxDeletedShare: 1% }, review: { commands: { allow: [admin] } } }\n`
const doubled = `${header}spec: { app: { onPush: pull-request } }\nspec: { sources: { allowedHosts: [a] } }\n`

/** Of states of the file from the newest on; undefined where there is none. */
function inForce(...states: readonly (string | undefined)[]) {
  const read = (index: number) => {
    const text = states[index]
    return createMemoryReader(text === undefined ? {} : { 'fleetwright.yaml': text }, {
      commit: String(index),
    })
  }
  const history = {
    commits: () => Promise.resolve(states.map((_, index) => String(index))),
    read: (commit: string) => Promise.resolve(read(Number(commit))),
  }
  return readConfigInForce(read(0), { engine, history })
}

describe('what counts of a configuration', () => {
  test('is the one that is there, and of none the defaults', async () => {
    const { config, broken } = await inForce(strict, doubled)
    expect([config.brakes.maxDeletedShare, broken]).toEqual([0.01, undefined])
    expect(await inForce(undefined, strict)).toEqual({ config: defaultConfig })
  })

  test.each([
    ['is no YAML', 'spec: {\n'],
    ['has a setting twice', doubled],
    ['has a setting that does not exist', `${header}spec: { brake: { maxDeletedShare: 50% } }\n`],
    ['has a bad value', `${header}spec: { brakes: { maxDeletedShare: 500% } }\n`],
    ['is empty', ''],
    ['has another header', 'kind: Config\nspec: { brakes: { maxDeletedShare: 50% } }\n'],
  ])('of one that %s is the last one that can be read', async (_, text) => {
    const { config, broken } = await inForce(text, 'spec: [\n', strict, header)
    expect([broken?.commit, broken?.faults[0]?.severity]).toEqual(['2', 'error'])
    expect([config.brakes.maxDeletedShare, config.review.commands.allow]).toEqual([0.01, ['admin']])
  })

  test.each([
    ['none before it can be read', ['spec: {\n', doubled]],
    ['there was no file before', ['spec: {\n', undefined, strict]],
  ])('where %s, is what allows nothing', async (_, states) => {
    const { config, broken } = await inForce(...states)
    expect(broken?.commit).toBeUndefined()
    expect(config).toMatchObject({
      brakes: { maxDeletedShare: 0 },
      review: { commands: { allow: [] } },
      app: { onPush: 'pull-request', onFleetChange: 'pull-request' },
    })
  })

  test('keeps what a broken one says of everything else, as far as it can be read', async () => {
    const { config } = await inForce(
      `${header}spec: { rendered: { branch: out, adopt: true }, sources: { allowedHosts: [a] }, brake: {} }\n`,
    )
    expect(config).toMatchObject({ rendered: { branch: 'out', adopt: false }, sources: { allowedHosts: [] } })
  })

  test('of a folder is not looked for in commits', async () => {
    const folder = createMemoryReader({ 'fleetwright.yaml': doubled })
    const { config, broken } = await readConfigInForce(folder, { engine })
    expect([config.review.commands.allow, broken?.faults.length]).toEqual([[], 1])
  })

  test('is told with the place of what is broken, and what to do', async () => {
    const former = (await inForce(doubled, strict)).broken
    const none = (await inForce(doubled)).broken
    expect([former, none].map((broken) => broken && brokenBase(broken))).toMatchObject([
      {
        ...{ code: 'config/base-broken', severity: 'warning' },
        message:
          'the configuration of the base is broken (fleetwright.yaml:4:1: the setting `spec` is there twice, and nobody knows which one is meant): in its place counts that of 1, the last one without errors',
        hint: 'merge a change that mends fleetwright.yaml before all others: until then nothing is written anywhere',
      },
      {
        message:
          'nobody knows what the configuration of the base allows, since it is broken (fleetwright.yaml:4:1: the setting `spec` is there twice, and nobody knows which one is meant): here it allows nothing',
      },
    ])
  })
})
