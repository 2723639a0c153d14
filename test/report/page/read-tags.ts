/** An element as it begins in a page. */
export interface Tag {
  readonly name: string
  readonly attributes: ReadonlyMap<string, string>
}

export interface PageTags {
  readonly tags: readonly Tag[]
  /** What is said outside of tags, scripts and style, as a reader sees it. */
  readonly text: string
  /** Contents of scripts and styles, which HTML does not look into. */
  readonly raw: readonly { readonly name: string; readonly text: string }[]
}

const begin = /<([a-z][a-z0-9]*)((?: [a-z][a-z-]*(?:="[^"<>]*")?)*)>/y
const end = /<\/([a-z][a-z0-9]*)>/y
const attribute = / ([a-z][a-z-]*)(?:="([^"<>]*)")?/g
const empty = new Set(['meta', 'link', 'input'])

/**
 * Reads a page more strictly than any browser: every `<` begins a whole tag with quoted attributes, every element is closed in
 * turn. Whatever a text smuggles in makes it throw, or is among the tags.
 */
export function readTags(page: string): PageTags {
  const doctype = '<!doctype html>\n'
  if (!page.startsWith(doctype)) throw new Error('no doctype')
  const tags: Tag[] = []
  const raw: { name: string; text: string }[] = []
  const open: string[] = []
  let text = ''
  let at = doctype.length
  while (at < page.length) {
    const next = page.indexOf('<', at)
    const said = page.slice(at, next === -1 ? undefined : next)
    if (said.includes('>')) throw new Error(`a stray > in ${JSON.stringify(said)}`)
    text += unescape(said)
    if (next === -1) break
    begin.lastIndex = end.lastIndex = next
    const ends = end.exec(page)
    const begins = begin.exec(page)
    if (ends) {
      if (open.pop() !== ends[1]) throw new Error(`</${ends[1]}> closes nothing at ${next}`)
      at = end.lastIndex
    } else if (begins) {
      const [, name = '', attributes = ''] = begins
      tags.push({ name, attributes: readAttributes(attributes) })
      at = begin.lastIndex
      if (name === 'script' || name === 'style') {
        const close = page.indexOf(`</${name}>`, at)
        raw.push({ name, text: page.slice(at, close) })
        at = close + name.length + 3
      } else if (!empty.has(name)) open.push(name)
    } else throw new Error(`no tag at ${next}: ${page.slice(next, next + 60)}`)
  }
  if (open.length > 0) throw new Error(`never closed: ${open.join(', ')}`)
  return { tags, text, raw }
}

function readAttributes(text: string): ReadonlyMap<string, string> {
  return new Map([...text.matchAll(attribute)].map(([, name = '', value = '']) => [name, unescape(value)]))
}

const entities = { amp: '&', lt: '<', gt: '>', quot: '"', '#x27': "'", '#x60': '`', '#x3D': '=' } as const

function unescape(text: string): string {
  return text.replace(/&([^;&\s]*);?/g, (whole, name: string) => {
    if (!(name in entities) || !whole.endsWith(';')) throw new Error(`no entity: ${whole}`)
    return entities[name as keyof typeof entities]
  })
}
