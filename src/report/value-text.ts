import { printable } from '../diagnostics/printable.ts'

/** Words and numbers that YAML would not take for text. */
const notText =
  /^(?:true|false|yes|no|on|off|y|n|null|~|[-+]?(?:[\d_]+\.?[\d_]*|\.[\d_]+)(?:e[-+]?\d+)?|0[xob][\da-f_]+|\d+(?::\d+)+(?:\.\d*)?|[-+]?\.(?:inf|nan)|\d{4}-\d\d?-\d\d?.*)$/i

/** What needs no quotes: no sign that means something to YAML where it stands. */
const plainText = /^[A-Za-z0-9/_.(][\w./@+%()$^*~,;=<>&|!?-]*(?:(?: |:)[\w./@+%()$^*~,;=<>&|!?-]+)*$/

const isRawJson = (value: unknown): boolean =>
  (JSON as unknown as { isRawJSON(value: unknown): boolean }).isRawJSON(value)

/**
 * A masked value as YAML for people, without a line end at the end: texts of many lines as blocks, keys as they stand in
 * the value, raw numbers digit by digit, nothing in it that could steer a terminal or reorder a page.
 * What is applied to clusters is printed by the engine alone (decision 24).
 *
 * @example formatValue({ ports: [{ port: 80 }] }) // 'ports:\n- port: 80'
 */
export function formatValue(value: unknown): string {
  return formatLines(value).join('\n')
}

/** Text, number, boolean or null, or an empty list or object: fits on one line. */
export function isScalar(value: unknown): boolean {
  return typeof value !== 'object' || value === null || isRawJson(value) || Object.keys(value).length === 0
}

function formatLines(value: unknown): readonly string[] {
  if (typeof value === 'string') return formatString(value)
  if (typeof value !== 'object' || value === null || isRawJson(value))
    return [JSON.stringify(value) ?? 'null']
  if (Array.isArray(value)) return value.length === 0 ? ['[]'] : value.flatMap(formatItem)
  const members = Object.entries(value)
  return members.length === 0 ? ['{}'] : members.flatMap(([key, member]) => formatMember(key, member))
}

function formatItem(item: unknown): readonly string[] {
  const [first = '', ...others] = formatLines(item)
  return [`- ${first}`, ...others.map(indent)]
}

function formatMember(key: string, value: unknown): readonly string[] {
  const name = formatInline(key)
  const lines = formatLines(value)
  const [first = '', ...others] = lines
  if (typeof value === 'string') return [`${name}: ${first}`, ...others.map(indent)]
  if (isScalar(value)) return [`${name}: ${first}`]
  return [`${name}:`, ...(Array.isArray(value) ? lines : lines.map(indent))]
}

function formatString(text: string): readonly string[] {
  if (!text.includes('\n') || !isBlock(text)) return [formatInline(text)]
  const end = text.endsWith('\n') ? (text.endsWith('\n\n') ? '+' : '') : '-'
  const lines = text.replace(/\n$/, '').split('\n')
  // Where the block begins with white space, its indentation has to be told. Lines below are indented by who prints around.
  const indentation = /^\s/.test(text) ? '2' : ''
  return [`|${indentation}${end}`, ...lines]
}

/** A block shows a text as it is, so there must be something to show and nothing in it that steers. */
function isBlock(text: string): boolean {
  return text.trim() !== '' && text.split('\n').every((line) => printable(line) === line)
}

function formatInline(text: string): string {
  return plainText.test(text) && !notText.test(text) ? text : quote(text)
}

function quote(text: string): string {
  const quoted = JSON.stringify(text)
  if (printable(quoted) === quoted) return quoted
  return Array.from(quoted, (character) =>
    printable(character) === character ? character : escapeSign(character),
  ).join('')
}

function escapeSign(character: string): string {
  return `\\u${character.charCodeAt(0).toString(16).padStart(4, '0')}`
}

function indent(line: string): string {
  return line === '' ? '' : `  ${line}`
}
