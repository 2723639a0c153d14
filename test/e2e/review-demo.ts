import { readFile } from 'node:fs/promises'
import { join, resolve } from 'node:path'
import { applyPatch, parsePatch } from 'diff'
import { readFactsFolder } from '../../src/adapters/disk/facts-folder.ts'
import { createMemoryReader } from '../../src/adapters/memory/memory-reader.ts'
import { createMemoryCache, createMemoryRemote } from '../../src/adapters/memory/memory-sources.ts'
import { createLuaEvaluator } from '../../src/cli/evaluate-lua.ts'
import type { BranchView } from '../../src/branch/types.ts'
import type { Danger } from '../../src/compare/types.ts'
import type { Engine } from '../../src/engine/types.ts'
import { preview, type PreviewOptions, type PreviewPorts } from '../../src/preview.ts'
import type { Review } from '../../src/report/types.ts'
import { reviewChange } from '../../src/review-change.ts'
import type { RepositoryReader } from '../../src/source/repository-reader-port.ts'
import { filesOfFolder } from '../contracts/git-repositories.ts'

const fleet = resolve(import.meta.dirname, '../../fixtures/demo/fleet')
const asOf = '2026-11-21T00:00:00Z'

/** The demo fleet as it was compiled, ready for pull requests. */
export interface ReviewedDemo {
  /** The review of a pull request that is written as a diff. */
  review(patch: string): Promise<Review>
}

/** Compiles the demo fleet once; every pull request is compiled on top of that. */
export async function createReviewedDemo(engine: Engine): Promise<ReviewedDemo> {
  const files = Object.fromEntries(await filesOfFolder(fleet))
  const facts = await readFactsFolder(join(fleet, '.fleetwright'))
  const base = createMemoryReader(files)
  const compiled = await preview(portsOf(engine, base, base), optionsOf(facts, emptyBranch))
  return {
    async review(patch) {
      const head = createMemoryReader(applyDiff(files, patch))
      const { review } = await reviewChange(portsOf(engine, base, head), {
        ...optionsOf(facts, compiled.base.view),
        names: { base: { name: 'main' }, head: { name: 'topic' } },
        changedLines: new Map(),
        reproduce: 'fleetwright diff',
        secrets: [],
      })
      return review
    },
  }
}

/** Of the change, of the repository, and of what follows from new versions. */
export function allDangers({ comparison, dangers, upgrades }: Review): readonly Danger[] {
  const later = upgrades.flatMap((upgrade) => [...upgrade.dangers, ...upgrade.follows.dangers])
  return [...comparison.dangers, ...dangers, ...later]
}

export function readCase(folder: string, file: string): Promise<string> {
  return readFile(join(folder, file), 'utf8')
}

type Files = Readonly<Record<string, string>>

/** As `git apply` does: what does not fit is a fault of the fixture. */
function applyDiff(files: Files, patch: string): Files {
  const result: Record<string, string> = { ...files }
  for (const part of parsePatch(patch)) {
    const [from, to] = [pathOf(part.oldFileName), pathOf(part.newFileName)]
    const text = applyPatch(from === undefined ? '' : (files[from] ?? ''), part)
    if (text === false) throw new Error(`the diff does not fit ${from ?? to ?? 'any file'}`)
    if (from !== undefined) delete result[from]
    if (to !== undefined) result[to] = text
  }
  return result
}

function pathOf(name: string | undefined): string | undefined {
  return name === undefined || name === '/dev/null' ? undefined : name.replace(/^[ab]\//, '')
}

const emptyBranch: BranchView = {
  previous: {
    state: { branch: 'rendered', format: 'sha1', folders: new Map(), files: new Map() },
    clusters: new Map(),
    untouched: new Map(),
    tampered: [],
  },
  readFiles: () => Promise.resolve(new Map()),
}

/** The demo has all that it deploys; what a pull request names elsewhere is not there. */
const unreachable = {
  remote: createMemoryRemote(new Map()),
  cache: createMemoryCache(),
  credentials: { read: () => Promise.resolve(undefined) },
}

function portsOf(engine: Engine, base: RepositoryReader, head: RepositoryReader): PreviewPorts {
  const common = {
    engine,
    sources: () => unreachable,
    evaluateLua: createLuaEvaluator({ now: asOf, elapsedMs: () => 0 }),
    elapsedMs: () => 0,
    readCommit: () => Promise.reject(new Error('the demo has no earlier commit')),
  }
  return { base: { ...common, reader: base }, head: { ...common, reader: head } }
}

function optionsOf(facts: ReadonlyMap<string, string>, rendered: BranchView): PreviewOptions {
  return {
    ...{ baseline: 'pr', facts: { base: facts, head: facts }, rendered, asOf, compiler: '0.0.0-test' },
    fetch: { base: {}, head: {} },
    committer: { name: 'fleetwright', email: 'fleetwright@example.com' },
    key: new TextEncoder().encode('a key for tests'),
  }
}
