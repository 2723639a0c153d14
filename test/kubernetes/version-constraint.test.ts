import { readFileSync } from 'node:fs'
import { describe, expect, test } from 'vitest'
import {
  isExactVersion,
  satisfies,
  tryParseConstraint,
  tryParseVersion,
} from '../../src/kubernetes/version-constraint.ts'

// Made by Masterminds/semver v3.5.0: range → those of `versions` that it admits, null for a range that it refuses.
const golden = JSON.parse(readFileSync(new URL('masterminds-constraints.json', import.meta.url), 'utf8')) as [
  string,
  string[] | null,
][]
const versions =
  '0.0.0 0.0.3 0.0.4 0.2.3 0.2.9 0.3.0 1.0.0 1.2.0 1.2.3 v1.2.3 1.2.3+build 1.2.3-beta.1 1.2.3-rc.2 1.2.9 1.3.0 1.3.0-rc.1 1.4.5 1.5.0 2.0.0 2.0.0-alpha 2.1.0 3.0.0 4.0.0 1.2 1 1.2.3.4'.split(
    ' ',
  )

describe('a version range', () => {
  test.each(golden)('%s admits what Masterminds admits', (range, admitted) => {
    const constraint = tryParseConstraint(range)
    const found =
      constraint === undefined
        ? null
        : versions.filter((text) => {
            const version = tryParseVersion(text)
            return version !== undefined && satisfies(version, constraint)
          })
    expect(found).toEqual(admitted)
  })

  test('the empty range admits every release', () => {
    const constraint = tryParseConstraint('')
    const version = tryParseVersion('7.1.0')
    expect(constraint && version && satisfies(version, constraint)).toBe(true)
  })

  test('only three written parts are exact', () => {
    expect(
      ['1.2.3', 'v1.2.3', '1.2.3-rc.1', '1.2.3+b', '1.2', '1.x', '^1.2.3', ''].filter(isExactVersion),
    ).toEqual(['1.2.3', 'v1.2.3', '1.2.3-rc.1', '1.2.3+b'])
  })
})
