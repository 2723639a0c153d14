import { EnvironmentError } from '../../diagnostics/errors.ts'
import { lastLine, runGit, runGitOrThrow } from './git-process.ts'

/** Where a branch that is reviewed starts: names that clones and platforms give to the branch that it goes to. */
const usualBases = ['origin/HEAD', 'origin/main', 'origin/master', 'main', 'master']

/** The branch that changes go to, where nobody names one. Undefined when there is none of the usual names. */
export async function findBaseBranch(folder: string): Promise<string | undefined> {
  for (const name of usualBases) {
    const { exitCode } = await runGit({
      folder,
      args: ['rev-parse', '--quiet', '--verify', '--end-of-options', `${name}^{commit}`],
    })
    if (exitCode === 0) return name
  }
  return undefined
}

/**
 * The commit that a head was branched from: what came to the base since then is not part of the change.
 * Throws EnvironmentError when a name is unknown or the two have no common history, as in a shallow clone.
 */
export async function findMergeBase(folder: string, base: string, head: string): Promise<string> {
  const operation = `find where ${head} leaves ${base}`
  const { exitCode, stdout, stderr } = await runGit({
    folder,
    args: ['merge-base', '--end-of-options', base, head],
  })
  const commit = stdout.toString().trim()
  if (exitCode === 0 && commit !== '') return commit
  const isUnknown = exitCode !== 1
  throw new EnvironmentError({
    adapter: 'git',
    operation,
    message: isUnknown
      ? `\`${base}\` and \`${head}\` cannot be compared: ${lastLine(stderr)}`
      : `\`${base}\` and \`${head}\` have no commit in common here`,
    retryable: false,
    hint: 'a shallow clone lacks the history between them: fetch it (`git fetch --unshallow`, or `fetch-depth: 0` of actions/checkout)',
  })
}

/** A stretch of lines of the new file, 1-based, both inclusive. */
export interface ChangedLines {
  readonly first: number
  readonly last: number
}

/**
 * Lines that differ from `base` to `head`, by path in `head`; the work tree where there is no head. Asked of Git, since the
 * API of a platform cuts long lists. Files that are gone, and stretches that only lost lines, have none.
 * Throws EnvironmentError.
 */
export async function readChangedLines(
  folder: string,
  base: string,
  head: string | undefined,
): Promise<ReadonlyMap<string, readonly ChangedLines[]>> {
  const args = ['diff', '--unified=0', '--no-color', '--no-ext-diff', '--no-textconv', '--no-renames']
  const text = await runGitOrThrow(
    {
      folder,
      args: [
        '-c',
        'core.quotePath=false',
        ...args,
        '--src-prefix=a/',
        '--dst-prefix=b/',
        '--end-of-options',
        base,
        ...(head === undefined ? [] : [head]),
        '--',
      ],
    },
    `compare ${base} with ${head ?? 'the folder'}`,
  )
  return parseChangedLines(text.toString())
}

function parseChangedLines(text: string): ReadonlyMap<string, readonly ChangedLines[]> {
  const files = new Map<string, ChangedLines[]>()
  let lines: ChangedLines[] = []
  let isHeader = true
  for (const line of text.split('\n')) {
    if (line.startsWith('diff --git ')) {
      isHeader = true
      lines = []
    } else if (isHeader && line.startsWith('+++ ')) {
      const path = toPath(line.slice('+++ '.length))
      if (path !== undefined) files.set(path, lines)
    } else if (line.startsWith('@@ ')) {
      // A line of content starts with a sign, so that no text of a file can be taken for this.
      isHeader = false
      const [, first = '0', count = '1'] = /^@@ -\d+(?:,\d+)? \+(\d+)(?:,(\d+))? @@/.exec(line) ?? []
      if (Number(count) > 0) lines.push({ first: Number(first), last: Number(first) + Number(count) - 1 })
    }
  }
  return new Map([...files].sort(([a], [b]) => (a < b ? -1 : 1)))
}

/** `b/fleet/app.yaml`, quoted as in C where it has unusual characters; `/dev/null` is no file. */
function toPath(written: string): string | undefined {
  const name = written.replace(/\t$/, '')
  if (name === '/dev/null') return undefined
  const isQuoted = name.startsWith('"') && name.endsWith('"')
  return (isQuoted ? unquote(name.slice(1, -1)) : name).slice('b/'.length)
}

const escapes: Readonly<Record<string, string>> = {
  ...{ a: '\u0007', b: '\b', t: '\t', n: '\n', v: '\v', f: '\f', r: '\r', '"': '"', '\\': '\\' },
}

function unquote(text: string): string {
  return text.replace(/\\([abtnvfr"\\])/g, (_whole, letter: string) => escapes[letter] ?? letter)
}
