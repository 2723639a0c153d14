import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import { createGitBranchWriter } from '../../src/adapters/git/branch-writer.ts'
import { createCommitReader } from '../../src/adapters/git/commit-reader.ts'
import { createMemoryBranch } from '../../src/adapters/memory/memory-branch.ts'
import {
  createMemoryCache,
  createMemoryCredentials,
  createMemoryRemote,
} from '../../src/adapters/memory/memory-sources.ts'
import type { BranchWriter } from '../../src/branch/branch-writer-port.ts'
import type { Engine } from '../../src/engine/types.ts'
import { clusterProfile, configMap, sveltosCluster, yaml } from '../compile-files.ts'
import { createPlayground, type Playground } from '../contracts/git-repositories.ts'
import { createTestEngine } from '../engine/built-engine.ts'
import { branchFiles } from './branch-files.ts'
import { factsOfAll, fleetOfAll, publishedOfAll } from './fleet-of-all.ts'
import { errorsOf, run, warningsOf, type Run } from './run.ts'
import { manifest, withChange, type Change, type Files } from './small-fleet.ts'
import { createSourceRepository, type SourceRepository } from './source-repository.ts'

let playground: Playground
let engine: Engine
let source: SourceRepository

beforeAll(async () => {
  ;[playground, engine] = await Promise.all([createPlayground(), createTestEngine()])
  source = await createSourceRepository(playground, 'source')
})
afterAll(async () => {
  await engine.close()
  await playground.remove()
})

/** Without charts that draw on clock or chance, which tell when they were first rendered. */
const start = withChange(fleetOfAll, {
  'charts/app/templates/a.yaml':
    'apiVersion: v1\nkind: ConfigMap\nmetadata: { name: app }\ndata: { value: {{ .Values.value | quote }}, chart: {{ .Chart.Version | quote }} }\n',
  'charts/app/templates/b.yaml': undefined,
})

async function compiledOnto(writer: BranchWriter): Promise<Run> {
  const sources = () => ({
    remote: createMemoryRemote(publishedOfAll),
    cache: createMemoryCache(),
    credentials: createMemoryCredentials(new Map()),
  })
  const ports = { reader: await createCommitReader(source.folder, 'HEAD'), writer, engine, sources }
  const done = await run(ports, { facts: factsOfAll })
  if (done.outcome?.status !== 'braked') return done
  return run(ports, { facts: factsOfAll, allowDelete: [done.outcome.brake.digest] })
}

/** What clusters run and how it is delivered. */
function shown(files: ReadonlyMap<string, string>): Record<string, string> {
  return Object.fromEntries([...files].filter(([path]) => /^(clusters|delivery)\//.test(path)))
}

async function onBranch(): Promise<Record<string, string>> {
  return shown(await branchFiles(source.folder, 'rendered'))
}

async function fromScratch(): Promise<Record<string, string>> {
  const scratch = createMemoryBranch()
  await compiledOnto(scratch)
  return shown(scratch.filesOf('rendered'))
}

function textOf(files: Files, path: string): string {
  const text = files[path]
  if (typeof text !== 'string') throw new Error(`${path} is no text`)
  return text
}

function profileIn(files: Files, path: string, edit: (text: string) => string): Change {
  return { [path]: edit(textOf(files, path)) }
}

const steps: readonly (readonly [string, (files: Files) => Change])[] = [
  ['the first commit', () => ({})],
  ['a cluster more', () => ({ 'clusters/more.yaml': sveltosCluster('prod-3', { env: 'prod' }) })],
  [
    'a label changed',
    (files) => profileIn(files, 'clusters/test.yaml', (text) => text.replace('"test"}', '"prod"}')),
  ],
  ['a chart bumped', () => ({ 'charts/app/Chart.yaml': 'apiVersion: v2\nname: app\nversion: 1.1.0\n' })],
  [
    'an object and its owner moved by tier',
    (files) => profileIn(files, 'profiles/base.yaml', (text) => text.replace('tier: 50', 'tier: 150')),
  ],
  [
    'a unit that another profile takes over',
    (files) => ({
      'profiles/before.yaml': textOf(files, 'profiles/base.yaml')
        .replace('name: base }', 'name: before }')
        .replace('tier: 150', 'tier: 10'),
    }),
  ],
  [
    'a profile that leaves what it deployed',
    (files) =>
      profileIn(files, 'profiles/edge.yaml', (text) =>
        text.replace('spec:', 'spec:\n  stopMatchingBehavior: LeavePolicies'),
      ),
  ],
  ['that profile removed', () => ({ 'profiles/edge.yaml': undefined })],
  ['a cluster less', () => ({ 'clusters/more.yaml': undefined })],
]

describe('on a real branch', () => {
  test('each commit leaves what it alone would make', async () => {
    const writer = createGitBranchWriter({ repository: source.folder })
    let files = start
    for (const [index, [what, change]] of steps.entries()) {
      files = withChange(files, change(files))
      await source.commit(files, index + 2)
      const done = await compiledOnto(writer)
      expect(errorsOf(done), what).toEqual([])
      expect(done.outcome?.status, what).toBe('written')
      expect(await onBranch(), what).toEqual(await fromScratch())
    }
    expect((await compiledOnto(writer)).outcome?.status).toBe('unchanged')

    const before = await onBranch()
    const paused = withChange(files, {
      ...profileIn(files, 'clusters/test.yaml', (text) => text.replace('spec: {}', 'spec: { paused: true }')),
      'content/base.yaml': configMap('base', { 'a.yaml': manifest('of-base', 'after the pause') }),
    })
    await source.commit(paused, 20)
    await compiledOnto(writer)
    const during = await onBranch()
    const changed = Object.keys(before).filter((path) => during[path] !== before[path])
    expect(changed.some((path) => path.startsWith('clusters/fleet/prod-1/'))).toBe(true)
    expect(changed.filter((path) => path.startsWith('clusters/fleet/test/'))).toEqual([])

    await source.commit(withChange(paused, { 'clusters/test.yaml': files['clusters/test.yaml'] }), 21)
    await compiledOnto(writer)
    expect(await onBranch()).toEqual(await fromScratch())
  }, 120_000)
})

describe('what another unit has and keeps', () => {
  const selects = 'clusterSelector: { matchLabels: { env: qa } }'
  const one = (tier: number, more = ''): string =>
    clusterProfile(
      'one',
      `${selects}\ntier: ${tier}\n${more}policyRefs:\n- { kind: ConfigMap, namespace: default, name: one }`,
    )
  const two = (tier: number, more = ''): string =>
    clusterProfile(
      'two',
      `${selects}\ntier: ${tier}\n${more}policyRefs:\n- { kind: ConfigMap, namespace: default, name: two }`,
    )
  const content = (name: string, value: string): string =>
    configMap(
      name,
      { 'a.yaml': manifest(name, value), 'b.yaml': manifest('shared', name) },
      { 'projectsveltos.io/template': 'yes' },
    )
  const fleet = (...documents: readonly string[]): Files => ({
    'fleet.yaml': yaml(sveltosCluster('c', { env: 'qa' }), ...documents),
  })
  const paused = (text: string): string =>
    text.replace(' }\nspec', ', annotations: { profile.projectsveltos.io/paused: "yes" } }\nspec')

  async function steps(...fleets: readonly Files[]) {
    const branch = createMemoryBranch()
    let last: Run | undefined
    for (const [index, files] of fleets.entries()) {
      await source.commit(files, index + 2)
      last = await compiledOnto(branch)
    }
    if (!last) throw new Error('no fleet')
    const paths = [...branch.filesOf('rendered').keys()].filter((path) => path.endsWith('shared.yaml'))
    const texts = [...branch.filesOf('rendered').values()].join('')
    return { paths, texts, errors: errorsOf(last), warnings: warningsOf(last) }
  }
  const sharedOf = (unit: string): readonly string[] => [
    `clusters/fleet/c/policy-default-${unit}/configmap-apps-shared.yaml`,
  ]

  test('a unit that breaks keeps its objects, and the next in order does not get them', async () => {
    const { paths, errors } = await steps(
      fleet(one(10), two(20), content('one', 'x'), content('two', 'x')),
      fleet(one(10), two(20), content('one', '{{ nope }}'), content('two', 'y')),
    )
    expect(paths).toEqual(sharedOf('one'))
    expect(errors).toEqual([expect.stringContaining('render/template-error')])
  })

  test('a paused profile keeps its objects, also from one of a lower tier', async () => {
    const { paths, errors, warnings } = await steps(
      fleet(one(10), content('one', 'x')),
      fleet(paused(one(10)), two(5), content('one', 'x'), content('two', 'x')),
    )
    expect(paths).toEqual(sharedOf('one'))
    expect(errors).toEqual([])
    expect(warnings).toEqual([expect.stringContaining('render/object-held')])
  })

  test('a profile that lost a unit to a misspelt field keeps it, and the next in order does not get it', async () => {
    const other = clusterProfile(
      'other',
      `${selects}\ntier: 20\npolicyRefs:\n- { kind: ConfigMap, namespace: default, name: one }`,
    )
    const { paths, warnings } = await steps(
      fleet(one(10), content('one', 'x')),
      fleet(one(10).replace('policyRefs', 'policyRef'), other, content('one', 'y')),
    )
    expect(paths).toEqual(sharedOf('one'))
    expect(warnings).toContainEqual(expect.stringContaining('render/object-held'))
  })

  test('a profile that is only shown takes no unit from one that is written', async () => {
    const shown = clusterProfile(
      'shown',
      `${selects}\ntier: 10\nsyncMode: DryRun\npolicyRefs:\n- { kind: ConfigMap, namespace: default, name: two }`,
    )
    const { texts, errors } = await steps(
      fleet(two(20), content('two', 'x')),
      fleet(shown, two(20), content('two', 'after')),
    )
    expect(texts).toContain('value: after')
    expect(errors).toEqual([])
  })

  test('a profile that is only shown takes no object from one that is written', async () => {
    const { paths, errors } = await steps(
      fleet(two(20), content('two', 'x')),
      fleet(one(10, 'syncMode: DryRun\n'), two(20), content('one', 'x'), content('two', 'x')),
    )
    expect(paths).toEqual(sharedOf('two'))
    expect(errors).toEqual([])
  })
})
