import { countOf } from './counts.ts'
import { visibleText } from './visible-text.ts'

/**
 * Texts of strangers for one context of GitHub's Markdown each. Entities and backslashes do not stop its filters for
 * mentions, references and commit ids, which look at what was rendered; code stops them. So whatever is not a plain word is
 * code. Nothing here ever gives `<!--`, of which markers are made.
 */

/** Code in a line of its own or a paragraph. */
export function codeSpan(text: string): string {
  return spanOf(oneLine(text))
}

/**
 * Code in a cell of a table, where a pipe ends the cell even inside of code. A backslash takes that from it, and is taken
 * for a part of the text where another one stands before it.
 */
export function codeCell(text: string): string {
  return spanOf(
    oneLine(text).replace(/(\\?)\|/g, (_, backslash: string) => (backslash === '' ? '\\|' : '\\‹U+007C›')),
  )
}

function spanOf(shown: string): string {
  const content = shown === '' ? '‹empty›' : shown
  const fence = '`'.repeat(longestRun(content) + 1)
  const pad = /^[` ]|[` ]$/.test(content) ? ' ' : ''
  return `${fence}${pad}${content}${pad}${fence}`
}

/** Code inside of raw HTML, where no Markdown is read: `<summary>`. */
export function codeElement(text: string): string {
  const shown = oneLine(text)
  const content = (shown === '' ? '‹empty›' : shown).replace(
    /[^\p{L}\p{N} ./‹›+-]/gu,
    (character) => `&#${character.codePointAt(0) ?? 0};`,
  )
  return `<code>${content}</code>`
}

/** A block of code of its own. No line of it can end the block. */
export function codeBlock(lines: readonly string[], language: string): string {
  const content = lines.map((line) => notAComment(visibleText(clip(line), '\t'))).join('\n')
  const fence = '`'.repeat(Math.max(3, longestRun(content) + 1))
  return `${fence}${language}\n${content}\n${fence}`
}

/** Prose: plain words stay, code in backticks stays code, and everything else becomes code. */
export function prose(text: string): string {
  return proseWith(text, codeSpan)
}

export function proseCell(text: string): string {
  return proseWith(text, codeCell)
}

export function proseElement(text: string): string {
  return proseWith(text, codeElement)
}

/** Words, numbers that are no commit id, and the marks that our own sentences have. */
const plainWord =
  /^["'(]*(?:[A-Za-z]+(?:['’-][A-Za-z]+)*|\d{1,3}(?:,\d{3})+|\d{1,6}|[→×–…])(?:["')]*[,;:.?]?|["')]+[,;:.?]?)$/
const maybeCommit = /^[0-9a-f]{7,}$/i
const longestWord = 40

/** A word, or something in backticks or in the brackets of a mask with the marks that follow it. */
const tokens = /(?<![^\s(])(?:`[^`\s](?:[^`]*[^`\s])?`|⟨[^⟨⟩]*⟩)(?=[,;:.?)]*(?:\s|$))|(?<!\S)\((?=[`⟨])|\S+/gu

interface Part {
  readonly text: string
  readonly gap: string
  /** `quoted`: it stood in backticks or is a mask, and is a thing of its own. */
  readonly kind: 'plain' | 'code' | 'quoted'
}

function proseWith(text: string, code: (text: string) => string): string {
  const parts: Part[] = []
  let end = 0
  const shown = clip(text, longestProse)
  for (const match of shown.matchAll(tokens)) {
    const gap = shown.slice(end, match.index) === '' ? '' : ' '
    end = match.index + match[0].length
    for (const part of toParts(match[0], gap, match.index === 0)) {
      const last = parts.at(-1)
      // Names side by side are one piece of code.
      if (last?.kind === 'code' && part.kind === 'code')
        parts[parts.length - 1] = { ...last, text: `${last.text}${part.gap}${part.text}` }
      else parts.push(part)
    }
  }
  return parts
    .map(({ text: content, gap, kind }, index) => {
      // Code that touches code would be read as one.
      const space = index === 0 ? '' : kind !== 'plain' && parts[index - 1]?.kind !== 'plain' ? ' ' : gap
      return `${space}${kind === 'plain' ? content : code(content)}`
    })
    .join('')
}

function toParts(token: string, gap: string, isFirst: boolean): readonly Part[] {
  if (/^`[^`]{1,}`$/.test(token)) return [{ text: token.slice(1, -1), gap, kind: 'quoted' }]
  if (/^⟨[^⟨⟩]*⟩$/.test(token)) return [{ text: token, gap, kind: 'quoted' }]
  const isMarks = gap === '' && /^[,;:.?)]+$/.test(token)
  if (isMarks || token === '(' || isWord(token, isFirst)) return [{ text: token, gap, kind: 'plain' }]
  // A comma behind a name is none of it.
  const [, name = token, marks = ''] = /^(.*[^,;:.?])([,;:.?]+)$/su.exec(token) ?? []
  const code: Part = { text: name, gap, kind: 'code' }
  return marks === '' ? [code] : [code, { text: marks, gap: '', kind: 'plain' }]
}

function isWord(word: string, isFirst: boolean): boolean {
  if (word.length > longestWord || !plainWord.test(word)) return false
  // At the start of a line a number with a full stop begins a list.
  return !maybeCommit.test(word.replace(/[^0-9a-z]/gi, '')) && !(isFirst && /^\d+[.)]/.test(word))
}

/** A link to an address that the caller made; one that is no web address is shown as text. */
export function linkTo(text: string, url: string): string {
  if (!/^https?:\/\/[^\s]+$/.test(url) || visibleText(url) !== url) return `${text} (${codeSpan(url)})`
  const target = url
    .replace(/[<>()[\]\\`"'|*~!{}]/g, (character) => percentEncoded(character))
    .replaceAll('&', '&amp;')
  return `[${text}](${target})`
}

function percentEncoded(character: string): string {
  return `%${(character.codePointAt(0) ?? 0).toString(16).toUpperCase().padStart(2, '0')}`
}

function oneLine(text: string): string {
  return notAComment(visibleText(clip(text)))
}

/** Nobody reads a name of megabytes, and there is room for a comment of several texts whatever they are. */
const longestText = 1200
/** Less, so that no piece of it is clipped again. */
const longestProse = 1000

function clip(text: string, longest = longestText): string {
  if (text.length <= longest) return text
  const code = text.charCodeAt(longest)
  const end = code >= 0xdc00 && code <= 0xdfff ? longest - 1 : longest
  return `${text.slice(0, end)}… (${countOf(text.length, 'character')})`
}

function notAComment(text: string): string {
  return text.includes('<!--') ? text.replaceAll('<!--', '<!‹U+002D›-') : text
}

function longestRun(text: string): number {
  return (text.match(/`+/g) ?? []).reduce((longest, { length }) => Math.max(longest, length), 0)
}
