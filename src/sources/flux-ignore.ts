import type { RepositoryPath } from './linked-files.ts'

/**
 * Which files of a Git repository or bucket Flux leaves out of its artifact, as source-controller does: go-git's matcher
 * and not Git's, so that a later `!` pattern brings back a file of an excluded folder.
 * Without any pattern, Flux' own defaults hold; with one, only what belongs to Git itself is left out besides.
 * https://fluxcd.io/flux/components/source/gitrepositories/#excluding-files
 */
const gitOwn = ['.git/', '.gitignore', '.gitmodules', '.gitattributes']
const defaults = [
  ...['*.jpg', '*.jpeg', '*.gif', '*.png', '*.wmv', '*.flv', '*.tar.gz', '*.zip'],
  ...[
    '.github/',
    '.circleci/',
    '.travis.yml',
    '.gitlab-ci.yml',
    'appveyor.yml',
    '.drone.yml',
    'cloudbuild.yaml',
  ],
  ...['codeship-services.yml', 'codeship-steps.yml', '**/.goreleaser.yml', '**/.sops.yaml', '**/.flux.yaml'],
]

/** Name of the files that hold patterns; each counts from its own folder on. */
export const ignoreFileName = '.sourceignore'

interface Pattern {
  /** Segments of the folder that it counts in. */
  readonly domain: readonly string[]
  readonly include: boolean
  readonly folderOnly: boolean
  /** One segment without a slash matches at any depth. */
  readonly anywhere: boolean
  readonly segments: readonly { readonly text: string; readonly matches: (name: string) => boolean }[]
}

/**
 * Says whether a file stays.
 * @param ignoreFiles texts of the `.sourceignore` files by path
 * @param specIgnore `spec.ignore` of the Flux object; counts last
 */
export function createFluxFilter(
  ignoreFiles: ReadonlyMap<RepositoryPath, string>,
  specIgnore: string | undefined,
): (path: RepositoryPath) => boolean {
  const written = [...ignoreFiles]
    // Outer folders first: an inner file overrules an outer one.
    .sort(([a], [b]) => a.split('/').length - b.split('/').length || (a < b ? -1 : 1))
    .flatMap(([path, text]) => parsePatterns(text, path.split('/').slice(0, -1)))
  if (specIgnore !== undefined) written.push(...parsePatterns(specIgnore, []))
  const patterns = [
    ...parsePatterns(gitOwn.join('\n'), []),
    ...(written.length > 0 ? written : parsePatterns(defaults.join('\n'), [])),
  ].reverse()
  return (path) => {
    const segments = path.split('/')
    const decisive = patterns.find((pattern) => matches(pattern, segments))
    return decisive === undefined || decisive.include
  }
}

function parsePatterns(text: string, domain: readonly string[]): Pattern[] {
  return text
    .split('\n')
    .map((line) => line.replace(/\r$/, ''))
    .filter((line) => line.trim() !== '' && !line.startsWith('#'))
    .map((line) => parsePattern(line, domain))
}

function parsePattern(line: string, domain: readonly string[]): Pattern {
  const include = line.startsWith('!')
  let text = include ? line.slice(1) : line
  if (!text.endsWith('\\ ')) text = text.replace(/ +$/, '')
  const folderOnly = text.endsWith('/')
  if (folderOnly) text = text.slice(0, -1)
  return {
    domain,
    include,
    folderOnly,
    anywhere: !text.includes('/'),
    segments: text.split('/').map((each) => ({ text: each, matches: segmentMatcher(each) })),
  }
}

function matches(pattern: Pattern, path: readonly string[]): boolean {
  if (path.length <= pattern.domain.length || pattern.domain.some((each, index) => path[index] !== each))
    return false
  const inside = path.slice(pattern.domain.length)
  if (!pattern.anywhere) return matchesPath(pattern, inside)
  const last = inside.length - 1
  const first = pattern.segments[0]
  const found = inside.findIndex((name) => first?.matches(name))
  return found >= 0 && !(pattern.folderOnly && found === last)
}

/** go-git's globMatch: a pattern that ends early matches everything below. */
function matchesPath({ segments, folderOnly }: Pattern, path: readonly string[]): boolean {
  let at = 0
  let matched = false
  let anyDepth = false
  for (const [index, segment] of segments.entries()) {
    const isLast = index === segments.length - 1
    if (segment.text === '') {
      anyDepth = false
      continue
    }
    if (segment.text === '**') {
      if (isLast) break
      anyDepth = true
      continue
    }
    if (segment.text.includes('**') || at >= path.length) return false
    if (anyDepth) {
      anyDepth = false
      while (at < path.length && !segment.matches(path[at] ?? '')) at++
      matched = at < path.length
      at++
    } else {
      if (!segment.matches(path[at] ?? '')) return false
      at++
      matched = at < path.length || isLast
    }
  }
  return matched && !(folderOnly && at >= path.length)
}

/** Go's filepath.Match for one segment; a malformed pattern matches nothing. */
function segmentMatcher(pattern: string): (name: string) => boolean {
  let source = ''
  for (let at = 0; at < pattern.length; at++) {
    const character = pattern[at] ?? ''
    if (character === '*') source += '[^/]*'
    else if (character === '?') source += '[^/]'
    else if (character === '[') {
      const end = pattern.indexOf(']', at + 2)
      if (end < 0) return () => false
      const body = pattern.slice(at + 1, end).replace(/[[\]&~]/g, String.raw`\$&`)
      source += `[${body}]`
      at = end
    } else {
      if (character === '\\') at++
      source += (pattern[at] ?? '').replace(/[\\^$.*+?()[\]{}|]/g, String.raw`\$&`)
    }
  }
  try {
    const expression = new RegExp(`^${source}$`, 'su')
    return (name) => expression.test(name)
  } catch {
    return () => false
  }
}
