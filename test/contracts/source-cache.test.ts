import { mkdtempSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { describe, expect, test } from 'vitest'
import { createDiskCache } from '../../src/adapters/charts/disk-cache.ts'
import { createMemoryCache } from '../../src/adapters/memory/memory-sources.ts'
import { sha256Of } from '../sources/archives.ts'

const bytes = Buffer.from('chart')

describe.each([
  ['memory', createMemoryCache],
  ['disk', () => createDiskCache(mkdtempSync(join(tmpdir(), 'fleetwright-cache-')))],
])('%s', (_, create) => {
  test('gives back what was written, and nothing for what was not', async () => {
    const cache = create()
    expect(await cache.read(sha256Of(bytes))).toBeUndefined()
    await cache.write(sha256Of(bytes), bytes)
    await cache.write(sha256Of(bytes), bytes)
    expect(Buffer.from((await cache.read(sha256Of(bytes))) ?? []).toString()).toBe('chart')
  })

  test('takes a damaged entry for none', async () => {
    const cache = create()
    await cache.write(sha256Of(bytes), Buffer.from('other'))
    expect(await cache.read(sha256Of(bytes))).toBeUndefined()
  })

  test('remembers what a key meant last', async () => {
    const cache = create()
    const pin = { version: '1.0.0', digest: sha256Of(bytes), revision: 'r' }
    expect(await cache.recall('a key: with / anything\0')).toBeUndefined()
    await cache.remember('a key: with / anything\0', { version: '0.9.0', digest: sha256Of(bytes) })
    await cache.remember('a key: with / anything\0', pin)
    expect(await cache.recall('a key: with / anything\0')).toEqual(pin)
  })
})
