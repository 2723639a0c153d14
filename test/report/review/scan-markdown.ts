/** What GitHub would see of a text, as far as blocks and code are concerned. Written from CommonMark, not from the product. */
export interface Scan {
  /** `<details>` and `</details>` outside of code, in order. */
  readonly details: readonly string[]
  /** Fences that are open at the end. */
  readonly openFences: number
  /** Text outside of fenced code, code spans and HTML comments. */
  readonly prose: string
  /** HTML comments outside of code. */
  readonly comments: readonly string[]
  /** Every HTML tag outside of code. */
  readonly tags: readonly string[]
}

export function scanMarkdown(text: string): Scan {
  let fence: string | undefined
  const kept: string[] = []
  for (const line of text.split('\n')) {
    const mark = /^ {0,3}(`{3,}|~{3,})([^\n]*)$/.exec(line)
    if (fence === undefined) {
      const opens = mark !== null && !(mark[1]?.startsWith('`') === true && mark[2]?.includes('`') === true)
      if (opens) fence = mark[1]
      else kept.push(line)
    } else if (mark !== null && mark[2]?.trim() === '' && (mark[1] ?? '').startsWith(fence)) fence = undefined
  }
  const withoutCode = kept
    .join('\n')
    .split(/\n{2,}/)
    .map(withoutSpans)
    .join('\n\n')
  const comments = withoutCode.match(/<!--[\s\S]*?-->/g) ?? []
  const rest = withoutCode.replace(/<!--[\s\S]*?-->/g, '').replace(/<code>[^<]*<\/code>/g, '')
  const tags = withoutCode.replace(/<!--[\s\S]*?-->/g, '').match(/<\/?[a-zA-Z][^>]*>/g) ?? []
  return {
    details: tags.filter((tag) => /^<\/?details>$/.test(tag)),
    openFences: fence === undefined ? 0 : 1,
    prose: rest,
    comments,
    tags,
  }
}

/** A run of backticks begins code that the next run of the same length ends; without one it is text. */
function withoutSpans(block: string): string {
  let rest = block
  let out = ''
  for (;;) {
    const open = /`+/.exec(rest)
    if (open === null) return out + rest
    const [run] = open
    const after = rest.slice(open.index + run.length)
    const close = [...after.matchAll(/`+/g)].find(([other]) => other.length === run.length)
    out += rest.slice(0, open.index)
    if (close === undefined) {
      out += run
      rest = after
    } else rest = after.slice(close.index + run.length)
  }
}

/** Whether each opening has its end, and no end comes before it. */
export function isBalanced(details: readonly string[]): boolean {
  let depth = 0
  for (const tag of details) {
    depth += tag === '<details>' ? 1 : -1
    if (depth < 0) return false
  }
  return depth === 0
}
