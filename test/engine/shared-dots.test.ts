import { describe, expect, it } from 'vitest'
import { shareDots } from '../../src/engine/shared-dots.ts'
import type { Engine, Entropy, TemplateBatch } from '../../src/engine/types.ts'

const batchOf = (data: string, ...texts: readonly string[]): TemplateBatch => ({
  dialect: 'profile',
  data,
  templates: texts.map((text) => ({ name: text, text })),
})

/** Gives each text back with its dot, and notes what it was called with. */
function recorder(): { execute: Engine['executeTemplates']; calls: [TemplateBatch, Entropy][] } {
  const calls: [TemplateBatch, Entropy][] = []
  return {
    calls,
    execute(batch, entropy) {
      calls.push([batch, entropy])
      if (batch.data === 'broken') return Promise.reject(new Error('broken'))
      return Promise.resolve(batch.templates.map(({ text }) => ({ ok: true, value: `${batch.data} ${text}` })))
    },
  }
}

const valuesOf = (outcomes: Awaited<ReturnType<Engine['executeTemplates']>>) =>
  outcomes.map((outcome) => outcome.ok && outcome.value)

describe('calls of one turn', () => {
  it('with the same dot are executed together, and each gets its own', async () => {
    const { execute, calls } = recorder()
    const shared = shareDots(execute)
    const later = Promise.resolve().then(() => shared(batchOf('x', 'd'), { clockMs: 1 }))
    const outcomes = await Promise.all([
      shared(batchOf('x', 'a', 'b'), { clockMs: 1 }),
      shared(batchOf('y', 'a'), { clockMs: 1 }),
      shared(batchOf('x'), { clockMs: 1 }),
      shared(batchOf('x', 'c'), { clockMs: 1 }),
      later,
    ])
    expect(outcomes.map(valuesOf)).toEqual([['x a', 'x b'], ['y a'], [], ['x c'], ['x d']])
    expect(calls).toEqual([
      [batchOf('x', 'a', 'b', 'c', 'd'), { clockMs: 1 }],
      [batchOf('y', 'a'), { clockMs: 1 }],
    ])
  })

  it('stay apart where the dialect, the time or a seed is their own', async () => {
    const { execute, calls } = recorder()
    const shared = shareDots(execute)
    const seed = Uint8Array.of(1)
    await Promise.all([
      shared(batchOf('x', 'a'), { clockMs: 1 }),
      shared(batchOf('x', 'a'), { clockMs: 2 }),
      shared({ ...batchOf('x', 'a'), dialect: 'reference' }, { clockMs: 1 }),
      shared(batchOf('x', 'a'), { clockMs: 1, seed }),
      shared(batchOf('x', 'a'), { clockMs: 1, seed }),
    ])
    expect(calls).toHaveLength(5)
  })

  it('fail together only where the engine itself does', async () => {
    const shared = shareDots(recorder().execute)
    const settled = await Promise.allSettled(
      ['broken', 'x', 'broken'].map((data) => shared(batchOf(data, 'a'), { clockMs: 1 })),
    )
    expect(settled.map(({ status }) => status)).toEqual(['rejected', 'fulfilled', 'rejected'])
  })
})

it('calls of another turn are executed anew', async () => {
  const { execute, calls } = recorder()
  const shared = shareDots(execute)
  await shared(batchOf('x', 'a'), { clockMs: 1 })
  await shared(batchOf('x', 'b'), { clockMs: 1 })
  expect(calls).toHaveLength(2)
})
