import { describe, expect, test } from 'vitest'
import { diagnostic } from '../../src/diagnostics/diagnostic.ts'
import { formatDiagnostic, formatDiagnostics } from '../../src/diagnostics/frame.ts'
import { toDiagnosticJson } from '../../src/diagnostics/json.ts'
import { compareDiagnostics, sortDiagnostics } from '../../src/diagnostics/order.ts'
import { lineSpan, offsetOf, positionOf } from '../../src/diagnostics/position.ts'
import type { Diagnostic, SourceFile, Span } from '../../src/diagnostics/types.ts'
import { formatWorkflowAnnotation } from '../../src/diagnostics/workflow-annotation.ts'

const file: SourceFile = {
  path: 'fleet/app.yaml',
  text: 'kind: ClusterProfile\nspec:\n  tier: "high"\n  tiers: 3\n',
}

function spanOf(word: string, of: SourceFile = file): Span {
  const start = of.text.indexOf(word)
  return { file: of, start, end: start + word.length }
}

const wrongTier = diagnostic('intent/wrong-type', {
  message: '`spec.tier` is text, but must be a whole number',
  span: spanOf('"high"'),
})

describe('frame', () => {
  test('place, severity, code and message stand on one line, with the marked source below', () => {
    expect(formatDiagnostic(wrongTier)).toBe(
      [
        'fleet/app.yaml:3:9: error[intent/wrong-type]: `spec.tier` is text, but must be a whole number',
        '  3 |   tier: "high"',
        '    |         ^^^^^^',
        '',
      ].join('\n'),
    )
  })

  test('related places are indented and the hint comes last', () => {
    const text = formatDiagnostic({
      ...wrongTier,
      related: [{ message: 'first written here', span: spanOf('ClusterProfile') }],
      hint: 'write a number',
    })
    expect(text.split('\n').slice(3)).toEqual([
      '  fleet/app.yaml:1:7: first written here',
      '    1 | kind: ClusterProfile',
      '      |       ^^^^^^^^^^^^^^',
      '  hint: write a number',
      '',
    ])
  })

  test('a diagnostic without a place names its cluster and unit', () => {
    const { span: _, ...placeless } = wrongTier
    const text = formatDiagnostic({
      ...placeless,
      message: 'too old',
      subject: { cluster: 'fleet/prod', unit: 'helm-a-b' },
    })
    expect(text).toBe('error[intent/wrong-type]: too old (cluster fleet/prod, unit helm-a-b)\n')
  })

  test('a span over several lines is marked to the end of its first one', () => {
    const span = { file, start: offsetOf(file, 2), end: file.text.length }
    expect(formatDiagnostic({ ...wrongTier, span })).toContain('  2 | spec:\n    | ^^^^^\n')
  })

  test('tabs are widened and carriage returns left out', () => {
    const tabbed: SourceFile = { path: 'a.yaml', text: 'a:\r\n\tb: 1\r\n' }
    expect(formatDiagnostic({ ...wrongTier, span: spanOf('b', tabbed) })).toContain('a.yaml:2:2: ')
    expect(formatDiagnostic({ ...wrongTier, span: spanOf('b', tabbed) })).toContain(
      '  2 |   b: 1\n    |   ^\n',
    )
  })

  test('of a very long line only the part around the fault is shown', () => {
    const long: SourceFile = { path: 'a.json', text: `${'x'.repeat(5000)}FAULT${'y'.repeat(5000)}` }
    const [, source = '', mark = ''] = formatDiagnostic({ ...wrongTier, span: spanOf('FAULT', long) }).split(
      '\n',
    )
    expect(source.length).toBeLessThan(140)
    expect(source.slice(mark.indexOf('^'), mark.lastIndexOf('^') + 1)).toBe('FAULT')
  })

  test('control characters of a stranger reach no terminal', () => {
    const evil: SourceFile = { path: 'a\u001b[31m.yaml', text: 'name: "\u001b]0;owned\u0007\u202e"\n' }
    const text = formatDiagnostic({
      ...wrongTier,
      message: 'two\nlines \u001b[2J',
      span: spanOf('name', evil),
    })
    expect(text).toBe(
      [
        'a\\u{1b}[31m.yaml:1:1: error[intent/wrong-type]: two lines \\u{1b}[2J',
        '  1 | name: "\\u{1b}]0;owned\\u{7}\\u{202e}"',
        '    | ^^^^',
        '',
      ].join('\n'),
    )
  })

  test('colours are added only when asked for', () => {
    const colored = formatDiagnostic(wrongTier, { color: true })
    expect(colored).toContain('\u001b[31m')

    expect(colored.replace(/\u001b\[\d+m/g, '')).toBe(formatDiagnostic(wrongTier))
  })
})

describe('order', () => {
  const at = (
    path: string,
    start: number,
    code: 'intent/wrong-type' | 'intent/unknown-field',
    message = 'm',
  ): Diagnostic =>
    diagnostic(code, { message, span: { file: { path, text: 'x'.repeat(99) }, start, end: start + 1 } })

  test('goes by file, start, severity, code and message, whatever the order of reporting', () => {
    const sorted = [
      diagnostic('intent/wrong-type', { message: 'no file' }),
      at('a.yaml', 1, 'intent/wrong-type', 'a'),
      at('a.yaml', 1, 'intent/wrong-type', 'b'),
      at('a.yaml', 1, 'intent/unknown-field'),
      at('a.yaml', 9, 'intent/wrong-type'),
      at('b.yaml', 0, 'intent/wrong-type'),
    ]
    expect(sortDiagnostics(sorted.toReversed())).toEqual(sorted)
    expect(formatDiagnostics(sorted.toReversed())).toBe(formatDiagnostics(sorted))
  })

  test('is total: equal only for equal diagnostics', () => {
    const one = at('a.yaml', 1, 'intent/wrong-type')
    expect(compareDiagnostics(one, { ...one })).toBe(0)
    expect(compareDiagnostics(one, { ...one, subject: { cluster: 'a/b' } })).not.toBe(0)
  })
})

describe('positions', () => {
  test('count lines and UTF-16 columns from one', () => {
    const umlauts: SourceFile = { path: 'a', text: 'ä: 😀x\r\nb: 1' }
    expect(positionOf(umlauts, umlauts.text.indexOf('x'))).toEqual({ line: 1, column: 6 })
    expect(positionOf(umlauts, umlauts.text.indexOf('b'))).toEqual({ line: 2, column: 1 })
    expect(positionOf(umlauts, 999)).toEqual({ line: 2, column: 5 })
    expect(offsetOf(umlauts, 2, 1)).toBe(umlauts.text.indexOf('b'))
    expect(offsetOf(umlauts, 1, 999)).toBe(umlauts.text.indexOf('\r'))
  })

  test('a whole line is marked without its indentation', () => {
    expect(lineSpan(file, 3)).toEqual(spanOf('tier: "high"'))
  })
})

describe('machine forms', () => {
  test('a workflow command escapes what could start another one', () => {
    const text = formatWorkflowAnnotation({
      ...wrongTier,
      message: '100%\n::error::x',
      hint: 'h',
      span: spanOf('kind', { path: 'a,b:c.yaml', text: 'kind: x' }),
    })
    expect(text).toBe(
      '::error file=a%2Cb%3Ac.yaml,line=1,col=1,endColumn=5,title=intent/wrong-type::100%25%0A::error::x%0Ah',
    )
  })

  test('a note becomes a notice, and lines replace columns over several lines', () => {
    const span = { file, start: 0, end: file.text.length }
    const text = formatWorkflowAnnotation({ ...wrongTier, severity: 'note', span })
    expect(text).toMatch(/^::notice file=fleet\/app\.yaml,line=1,endLine=5,title=/)
  })

  test('JSON has places with line and column and leaves out what is not there', () => {
    expect(toDiagnosticJson(wrongTier)).toEqual({
      code: 'intent/wrong-type',
      severity: 'error',
      holds: 'all',
      message: '`spec.tier` is text, but must be a whole number',
      place: { file: 'fleet/app.yaml', line: 3, column: 9, endLine: 3, endColumn: 15 },
      related: [],
    })
  })
})
