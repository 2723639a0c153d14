import { readFileSync, readdirSync } from 'node:fs'
import { join } from 'node:path'
import { describe, expect, test } from 'vitest'
import { sharedFolder } from '../shared.ts'
import { areasNotCompared } from './differences.ts'

/** Tests that name an area compare it: each counts its cases. */
const tests = ['conformance', 'kubernetes'].flatMap((folder) => {
  const path = join(import.meta.dirname, '..', folder)
  return readdirSync(path)
    .filter((file) => file.endsWith('.test.ts') && file !== 'oracle-areas.test.ts')
    .map((file) => readFileSync(join(path, file), 'utf8'))
})

describe.skipIf(sharedFolder() === undefined)('the oracle', () => {
  test('every area is compared, or it is said why it is not', () => {
    const areas = readdirSync(join(sharedFolder() ?? '', 'corpus/oracle'), { withFileTypes: true })
      .filter((entry) => entry.isDirectory())
      .map(({ name }) => name)
    expect(areas.length).toBeGreaterThan(10)
    const compared = areas.filter((area) => tests.some((text) => new RegExp(`['/]${area}'`).test(text)))
    expect([...compared, ...areasNotCompared.map(({ area }) => area)].sort()).toEqual(areas.sort())
  })
})
