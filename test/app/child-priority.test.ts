import { tmpdir } from 'node:os'
import { expect, test } from 'vitest'
import { runBounded } from '../../src/adapters/child/run-bounded.ts'

test('children step back behind whoever answers webhooks', async () => {
  const { stdout } = await runBounded({
    ...{ file: process.execPath, args: ['-p', "require('os').getPriority()"] },
    ...{ folder: tmpdir(), env: {}, signal: new AbortController().signal },
    onErrorLine: () => false,
    bounds: { timeLimitMs: 20_000, memoryLimitBytes: 2 ** 30, maxOutputBytes: 1000 },
  })
  expect(stdout).toBe('10\n')
})
