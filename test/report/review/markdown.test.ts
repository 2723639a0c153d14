import { describe, expect, test } from 'vitest'
import {
  codeBlock,
  codeCell,
  codeElement,
  codeSpan,
  linkTo,
  prose,
} from '../../../src/report/review/markdown.ts'
import { visibleText } from '../../../src/report/review/visible-text.ts'

describe('what cannot be seen is shown', () => {
  test.each([
    ['a\u202egpj.exe', 'a‹U+202E›gpj.exe'],
    ['zero\u200bwidth', 'zero‹U+200B›width'],
    ['tag\u{e0041}', 'tag‹U+E0041›'],
    ['fill\u3164er', 'fill‹U+3164›er'],
    ['no\u00a0break', 'no‹U+00A0›break'],
    ['half \ud800', 'half ‹U+D800›'],
    ['bell\u0007', 'bell‹U+0007›'],
    ['line\nend', 'line‹U+000A›end'],
    ['plain text, ümläuts and 日本 and 😀', 'plain text, ümläuts and 日本 and 😀'],
  ])('%j', (text, shown) => {
    expect(visibleText(text)).toBe(shown)
  })

  test('two marks above a letter are writing, what is piled on them is shown', () => {
    expect(visibleText('e\u0301\u0302')).toBe('e\u0301\u0302')
    expect(visibleText('e\u0301\u0302\u0303')).toBe('e\u0301\u0302‹U+0303›')
  })
})

describe('code in a paragraph', () => {
  test.each([
    ['spec.replicas', '`spec.replicas`'],
    ['a `b` c', '``a `b` c``'],
    ['`', '`` ` ``'],
    [' padded ', '`  padded  `'],
    ['', '`‹empty›`'],
    ['two\nlines', '`two‹U+000A›lines`'],
    ['<!-- marker -->', '`<!‹U+002D›- marker -->`'],
  ])('%j', (text, code) => {
    expect(codeSpan(text)).toBe(code)
  })
})

test('a pipe does not end the cell of a table, whatever stands before it', () => {
  expect(codeCell('a|b')).toBe('`a\\|b`')
  // GFM would take the first backslash as escaping the second, and the pipe as the end of the cell.
  expect(codeCell('a\\|b')).toBe('`a\\‹U+007C›b`')
})

test('in raw HTML nothing but letters, digits and a few marks is left as it is', () => {
  expect(codeElement('<b>&"\'`*_[x](y)@z')).toBe(
    '<code>&#60;b&#62;&#38;&#34;&#39;&#96;&#42;&#95;&#91;x&#93;&#40;y&#41;&#64;z</code>',
  )
})

test('a block of code has a longer fence than any run of backticks in it', () => {
  expect(codeBlock(['a', '```', '  ````'], 'diff')).toBe('`````diff\na\n```\n  ````\n`````')
  expect(codeBlock(['plain'], 'diff')).toBe('```diff\nplain\n```')
})

describe('prose', () => {
  test.each([
    // Plain words, numbers and marks stay.
    ['2 clusters lose kyverno, 198 more', '2 clusters lose kyverno, 198 more'],
    ["it's self-signed (no chain)", "it's self-signed (no chain)"],
    ['1,204 objects → 3', '1,204 objects → 3'],
    // What stands in backticks or is a mask is code, and only that.
    ['`spec.tier` is text, but', '`spec.tier` is text, but'],
    ['set `a b` and `c`.', 'set `a b` and `c`.'],
    ['see (`a b`)', 'see (`a b`)'],
    ['value ⟨secret a1b2⟩ changes', 'value `⟨secret a1b2⟩` changes'],
    // Everything else becomes code.
    ['ping @octocat now', 'ping `@octocat` now'],
    ['fixes #1, GH-2 and org/repo#3', 'fixes `#1`, `GH-2` and `org/repo#3`'],
    ['at deadbeefcafe', 'at `deadbeefcafe`'],
    ['abcdefabc', '`abcdefabc`'],
    ['see https://evil.example/x.', 'see `https://evil.example/x`.'],
    ['www.evil.example', '`www.evil.example`'],
    ['![x](y) and <b>', '`![x](y)` and `<b>`'],
    ['Deployment web/app, gone', 'Deployment `web/app`, gone'],
    ['1. list', '`1`. list'],
    ['tier (tier 10); and 3.', 'tier (tier 10); and 3.'],
    ['*bold* _it_ ~x~', '`*bold* _it_ ~x~`'],
    [':tada: &#64;x', '`:tada`: `&#64;x`'],
    ['an odd ` stays', 'an odd `` ` `` stays'],
    ['a\n\n# heading', 'a `#` heading'],
    ['', ''],
  ])('%j', (text, markdown) => {
    expect(prose(text)).toBe(markdown)
  })
})

describe('links', () => {
  test('an address of the web is a link, and cannot leave its place', () => {
    expect(linkTo('Report', 'https://example.org/a(b)?c=1&lt;=2')).toBe(
      '[Report](https://example.org/a%28b%29?c=1&amp;lt;=2)',
    )
  })

  test('anything else is shown', () => {
    expect(linkTo('Report', 'javascript:alert(1)')).toBe('Report (`javascript:alert(1)`)')
    expect(linkTo('Report', 'https://example.org/ x')).toBe('Report (`https://example.org/ x`)')
  })
})
