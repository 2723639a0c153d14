import { describe, expect, test } from 'vitest'
import { didYouMean, suggestionList } from '../../src/diagnostics/suggestion-list.ts'

describe('did you mean', () => {
  test.each([
    ['clusterSelectors', ['clusterSelector', 'clusterRefs', 'tier'], ['clusterSelector']],
    ['clusterselector', ['clusterSelector'], ['clusterSelector']],
    ['teir', ['tier', 'reloader'], ['tier']],
    ['kinds', ['kind', 'kindly'], ['kind', 'kindly']],
    ['zzz', ['tier', 'kind'], []],
    ['', ['tier'], []],
    ['a', ['b'], ['b']],
  ])('%s of %j gives %j', (input, options, expected) => {
    expect(suggestionList(input, options)).toEqual(expected)
  })

  test('equal distances are in the order of the names, and repeats count once', () => {
    expect(suggestionList('ab', ['ac', 'aa', 'ac'])).toEqual(['aa', 'ac'])
  })

  test('names up to three', () => {
    expect(didYouMean('ab', ['aa'])).toBe('did you mean `aa`?')
    expect(didYouMean('ab', ['aa', 'ac'])).toBe('did you mean `aa` or `ac`?')
    expect(didYouMean('ab', ['aa', 'ac', 'ad', 'ae'])).toBe('did you mean `aa`, `ac` or `ad`?')
    expect(didYouMean('ab', ['wide of it'])).toBeUndefined()
  })
})
