import { existsSync, mkdirSync, readdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs'
import { dirname, join, relative } from 'node:path'
import { fileURLToPath } from 'node:url'
import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import { parse } from 'yaml'
import { createFolderReader } from '../src/adapters/disk/folder-reader.ts'
import { createMemoryBranch } from '../src/adapters/memory/memory-branch.ts'
import { compileBranch } from '../src/compile-branch.ts'
import { formatDiagnostics } from '../src/diagnostics/frame.ts'
import type { Diagnostic } from '../src/diagnostics/types.ts'
import type { Engine } from '../src/engine/types.ts'
import { createTestEngine } from './engine/built-engine.ts'
import { noLua, nothingToFetch } from './compile-files.ts'

/**
 * Each folder with a `case.yaml` below fixtures/cases is one test: `repo/` and `facts/` are compiled onto an empty
 * branch; `expected/` is what is on it afterwards (without `.fleetwright/`, which names engine and compiler), and
 * `expected.txt` what is printed. `UPDATE=1` rewrites both; read the diff.
 */
const casesFolder = fileURLToPath(new URL('../fixtures/cases', import.meta.url))
const isUpdate = process.env['UPDATE'] === '1'

interface Case {
  /** What is shown, a sentence in the present tense. */
  readonly what: string
  /** ISO 8601 UTC; default the second of January 2026. */
  readonly asOf?: string
  /** Stands for FLEETWRIGHT_KEY. */
  readonly key?: string
}

const folders = readdirSync(casesFolder, { recursive: true, encoding: 'utf8' })
  .filter((path) => path.endsWith('case.yaml'))
  .map((path) => dirname(path))
  .sort()

let engine: Engine

beforeAll(async () => {
  engine = await createTestEngine()
})
afterAll(() => engine.close())

test('there are cases', () => {
  expect(folders.length).toBeGreaterThan(0)
})

describe.each(folders)('%s', (name) => {
  const folder = join(casesFolder, name)
  const {
    what,
    asOf = '2026-01-02T00:00:00Z',
    key,
  } = parse(readFileSync(join(folder, 'case.yaml'), 'utf8')) as Case

  test(what, async () => {
    const { files, printed } = await run(folder, asOf, key)
    if (isUpdate) rewrite(folder, files, printed)
    expect(readText(join(folder, 'expected.txt'))).toBe(printed)
    expect(readFiles(join(folder, 'expected'))).toEqual(files)
  })
})

async function run(folder: string, asOf: string, key: string | undefined) {
  const diagnostics: Diagnostic[] = []
  const writer = createMemoryBranch()
  const facts = readFiles(join(folder, 'facts'))
  await compileBranch(
    {
      reader: await createFolderReader(join(folder, 'repo')),
      writer,
      engine,
      evaluateLua: noLua,
      elapsedMs: () => 0,
      readCommit: () => Promise.reject(new Error('a case has no earlier commit')),
      sources: () => nothingToFetch,
    },
    {
      branch: 'rendered',
      facts: new Map(Object.entries(facts).map(([path, text]) => [`.fleetwright/${path}`, text])),
      asOf,
      compiler: '0.0.0-test',
      fetch: {},
      committer: { name: 'fleetwright', email: 'fleetwright@example.com' },
      allowDelete: [],
      ...(key !== undefined && { key: new TextEncoder().encode(key) }),
    },
    (diagnostic) => diagnostics.push(diagnostic),
  )
  const written = [...writer.filesOf('rendered')].filter(([path]) => !path.startsWith('.fleetwright/'))
  return { files: Object.fromEntries(written), printed: formatDiagnostics(diagnostics) }
}

function readFiles(folder: string): Record<string, string> {
  if (!existsSync(folder)) return {}
  const entries = readdirSync(folder, { recursive: true, withFileTypes: true }).filter((entry) =>
    entry.isFile(),
  )
  const paths = entries.map((entry) => relative(folder, join(entry.parentPath, entry.name))).sort()
  return Object.fromEntries(paths.map((path) => [path, readFileSync(join(folder, path), 'utf8')]))
}

function readText(path: string): string {
  return existsSync(path) ? readFileSync(path, 'utf8') : ''
}

function rewrite(folder: string, files: Readonly<Record<string, string>>, printed: string): void {
  rmSync(join(folder, 'expected'), { recursive: true, force: true })
  rmSync(join(folder, 'expected.txt'), { force: true })
  if (printed !== '') writeFileSync(join(folder, 'expected.txt'), printed)
  for (const [path, text] of Object.entries(files)) {
    mkdirSync(dirname(join(folder, 'expected', path)), { recursive: true })
    writeFileSync(join(folder, 'expected', path), text)
  }
}
