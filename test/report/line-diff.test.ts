import fc from 'fast-check'
import { describe, expect, test } from 'vitest'
import { diffLines, type DiffLine, type Hunk } from '../../src/report/line-diff.ts'

/** As `diff -U` shows it. */
function show(hunks: readonly Hunk[]): string {
  return hunks
    .map(({ before, after, lines }) =>
      [
        `@@ ${before} ${after}`,
        ...lines.map(({ mark, text, unended }) => `${mark}${text}${unended ? '¶' : ''}`),
      ].join('\n'),
    )
    .join('\n')
}

function numbered(count: number): string[] {
  return Array.from({ length: count }, (_, index) => `line ${index + 1}`)
}

function toText(lines: readonly DiffLine[]): string {
  return lines.map(({ text, unended }) => (unended ? text : `${text}\n`)).join('')
}

describe('diffLines', () => {
  test('equal texts have no hunk', () => {
    expect(diffLines('a\nb\n', 'a\nb\n')).toEqual([])
    expect(diffLines('', '')).toEqual([])
  })

  test('a changed line stands between three lines before and after it', () => {
    const before = numbered(20)
    const after = before.with(9, 'other')
    expect(show(diffLines(`${before.join('\n')}\n`, `${after.join('\n')}\n`))).toBe(
      [
        ...['@@ 7 7', ' line 7', ' line 8', ' line 9'],
        ...['-line 10', '+other', ' line 11', ' line 12', ' line 13'],
      ].join('\n'),
    )
  })

  test('changes whose surroundings touch share a hunk, others do not', () => {
    const before = numbered(30)
    const after = before.with(4, 'five').with(11, 'twelve').with(20, 'twenty-one')
    const hunks = diffLines(`${before.join('\n')}\n`, `${after.join('\n')}\n`)
    expect(hunks.map((hunk) => [hunk.before, hunk.lines.length])).toEqual([
      [2, 16],
      [18, 8],
    ])
  })

  test('a missing line end is a difference', () => {
    expect(show(diffLines('a\nb', 'a\nb\n'))).toBe('@@ 1 1\n a\n-b¶\n+b')
  })

  test('a text that is new as a whole is all added', () => {
    expect(show(diffLines('', 'a\nb\n'))).toBe('@@ 1 1\n+a\n+b')
  })

  test('texts too different to compare are said to be replaced', () => {
    const before = numbered(5000).join('\n')
    const after = numbered(5000)
      .map((line) => `${line}!`)
      .join('\n')
    const [hunk, ...others] = diffLines(`same\n${before}`, `same\n${after}`)
    expect(others).toEqual([])
    expect(hunk?.lines.map(({ mark }) => mark).join('')).toBe(` ${'-'.repeat(5000)}${'+'.repeat(5000)}`)
  })

  test('the lines of either side give its text back, and nothing equal stands as changed at the ends', () => {
    const text = fc.array(fc.constantFrom('a\n', 'b\n', '\n', 'c\r\n', 'd'), { maxLength: 12 })
    fc.assert(
      fc.property(text, text, (one, other) => {
        const [before, after] = [one.join(''), other.join('')]
        fc.pre(before !== after)
        const [whole] = diffLines(before, after, 1000)
        const lines = whole?.lines ?? []
        expect(toText(lines.filter(({ mark }) => mark !== '+'))).toBe(before)
        expect(toText(lines.filter(({ mark }) => mark !== '-'))).toBe(after)
      }),
    )
  })

  test('hunks of any surroundings count lines as the texts do', () => {
    const text = fc.array(fc.constantFrom('a', 'b', 'c', ''), { maxLength: 20 })
    fc.assert(
      fc.property(text, text, fc.integer({ min: 0, max: 3 }), (one, other, context) => {
        const [before, after] = [one, other].map((lines) => lines.map((line) => `${line}\n`).join(''))
        for (const hunk of diffLines(before ?? '', after ?? '', context)) {
          const kept = hunk.lines.filter(({ mark }) => mark !== '+').map((line) => line.text)
          expect(one.slice(hunk.before - 1, hunk.before - 1 + kept.length)).toEqual(kept)
          const made = hunk.lines.filter(({ mark }) => mark !== '-').map((line) => line.text)
          expect(other.slice(hunk.after - 1, hunk.after - 1 + made.length)).toEqual(made)
        }
      }),
    )
  })
})
