import { afterAll, beforeAll, expect, test } from 'vitest'
import { createMemoryBranch } from '../../src/adapters/memory/memory-branch.ts'
import { createMemoryReader } from '../../src/adapters/memory/memory-reader.ts'
import type { Engine } from '../../src/engine/types.ts'
import { configMap, sveltosCluster, yaml } from '../compile-files.ts'
import { createTestEngine } from '../engine/built-engine.ts'
import { errorsOf, run, warningsOf, type Run } from './run.ts'
import { manifest, policyProfile, type Files } from './small-fleet.ts'

let engine: Engine

beforeAll(async () => {
  engine = await createTestEngine()
})
afterAll(() => engine.close())

const broken = '\n---\napiVersion: lib.projectsveltos.io/v1beta1\nkind: [\n'
const one = yaml(policyProfile('one', 'well'), configMap('one', { 'a.yaml': manifest('one', 'before') }))
const two = (value: string): string =>
  yaml(policyProfile('two', 'well'), configMap('two', { 'a.yaml': manifest('two', value) }))
const clustersText = sveltosCluster('well', { zone: 'well' })
const good: Files = {
  'clusters.yaml': clustersText,
  'one.yaml': one,
  'two.yaml': two('before'),
}

/** Compiles commit after commit onto one branch, as a pipeline does. */
function pipeline(): {
  readonly push: (files: Files) => Promise<Run>
  readonly valueOf: (name: string) => string | undefined
} {
  const writer = createMemoryBranch()
  const commits = new Map<string, Files>()
  return {
    push(files) {
      const commit = String(commits.size + 1).repeat(40)
      commits.set(commit, files)
      return run({
        engine,
        writer,
        reader: createMemoryReader(files, { commit }),
        readCommit: (id) => Promise.resolve(createMemoryReader(commits.get(id) ?? {}, { commit: id })),
      })
    },
    valueOf(name) {
      const files = [...writer.filesOf('rendered')]
      const [, text = ''] = files.find(([path]) => path.endsWith(`/configmap-apps-${name}.yaml`)) ?? []
      return /value: "?(\w+)/.exec(text)?.[1]
    },
  }
}

test('what moves into a file that cannot be read stays deployed, and the rest goes on', async () => {
  const { push, valueOf } = pipeline()
  await push(good)
  const { 'one.yaml': _moved, ...others } = good
  const faulty = await push({ ...others, 'two.yaml': two('after'), 'more.yaml': `${one}${broken}` })
  expect(errorsOf(faulty)).toEqual(['source/malformed-yaml more.yaml:14:1'])
  expect(faulty.outcome?.status).toBe('written')
  expect([valueOf('one'), valueOf('two')]).toEqual(['before', 'after'])
})

test('a cluster that moves into a file that cannot be read keeps its folder', async () => {
  const { push, valueOf } = pipeline()
  await push(good)
  const { 'clusters.yaml': _moved, ...others } = good
  const faulty = await push({ ...others, 'more.yaml': `${clustersText}${broken}` })
  expect(faulty.outcome?.status).not.toBe('refused')
  expect([valueOf('one'), valueOf('two')]).toEqual(['before', 'before'])
})

test('a file stays as it last could be read, however many commits it is broken, and counts again once it is not', async () => {
  const { push, valueOf } = pipeline()
  await push(good)
  await push({ ...good, 'one.yaml': `${one.replace('before', 'first')}${broken}`, 'two.yaml': two('first') })
  const second = await push({
    ...good,
    'one.yaml': `${one.replace('before', 'second')}${broken}`,
    'two.yaml': two('second'),
  })
  expect(warningsOf(second)).toContain('branch/former-file one.yaml:14:1')
  expect([valueOf('one'), valueOf('two')]).toEqual(['before', 'second'])
  const mended = await push({ ...good, 'one.yaml': one.replace('before', 'third'), 'two.yaml': two('third') })
  expect(mended.diagnostics).toEqual([])
  expect([valueOf('one'), valueOf('two')]).toEqual(['third', 'third'])
})

test('an optional object that may be in the broken file does not count as absent', async () => {
  const { push, valueOf } = pipeline()
  const optional = policyProfile('one', 'well').replace('name: one }', 'name: one, optional: true }')
  const content = configMap('one', { 'a.yaml': manifest('one', 'before') })
  await push({ ...good, 'one.yaml': optional, 'content.yaml': content })
  const faulty = await push({ ...good, 'one.yaml': optional, 'content-moved.yaml': `${content}${broken}` })
  expect(errorsOf(faulty)).toContain('resolve/not-observed one.yaml:7:5')
  expect(valueOf('one')).toBe('before')
})

test('without the commit that was compiled last the branch stays as it is', async () => {
  const writer = createMemoryBranch()
  const readCommit = (): Promise<never> => Promise.reject(new Error('a shallow clone has one commit'))
  const ports = { engine, writer, readCommit }
  await run({ ...ports, reader: createMemoryReader(good, { commit: '1'.repeat(40) }) })
  const files = { ...good, 'one.yaml': `${one}${broken}`, 'two.yaml': two('after') }
  const faulty = await run({ ...ports, reader: createMemoryReader(files, { commit: '2'.repeat(40) }) })
  expect(faulty.outcome?.status).toBe('refused')
})
