import { createHash } from 'node:crypto'
import { join, resolve } from 'node:path'
import { z } from 'zod'
import { readFactsFolder } from '../adapters/disk/facts-folder.ts'
import { createSaidRuns, type SaidRuns } from '../adapters/disk/said-runs.ts'
import { branchPlace } from '../adapters/git/branch-place.ts'
import { readRecordedDigest } from '../engine/engine.ts'
import type { Facts } from '../observe/types.ts'
import { hasColor } from './has-color.ts'
import type { ExitCode, Io } from './io.ts'
import { guessBranch, type OpenRepository } from './open-repository.ts'
import type { Options } from './options.ts'
import { version } from './version.ts'

/**
 * What a compile says, kept so that the next one with nothing to do (same commit, same rendered branch, same facts, same
 * fleetwright) can say it again without starting the engine. Only words are kept: the branch itself is never touched on
 * the strength of them.
 */
export interface SaidRun {
  /** Frames and counts of the diagnostics, for standard error. */
  readonly diagnostics: { readonly plain: string; readonly color: string }
  /** Result for people, for standard output. */
  readonly text: { readonly plain: string; readonly color: string }
  /** Result for machines, as JSON text. */
  readonly json: string
  readonly exitCode: number
  /** ISO 8601 UTC from which on some facts are too old, so that the words may be others; absent: never. */
  readonly validUntil?: string
}

const painted = z.object({ plain: z.string(), color: z.string() })
const saidRun = z.object({
  diagnostics: painted,
  text: painted,
  json: z.string(),
  exitCode: z.union([z.literal(0), z.literal(1)]),
  validUntil: z.string().exactOptional(),
})

/** A run that may be said again, with the key that it is kept under once the branch is known. */
export interface Repeatable {
  readonly runs: SaidRuns
  /** Everything that the words depend on, but the rendered commit. */
  readonly inputs: readonly unknown[]
  readonly tip: string | undefined
}

/**
 * A run that writes a branch from a commit; undefined where it is to compile all the same. A wrong guess at the branch finds
 * no kept run, since runs are kept under the commit that was really written.
 */
export async function repeatableRun(
  options: Options,
  io: Io,
  opened: Promise<OpenRepository>,
): Promise<Repeatable | undefined> {
  const engine = options.again === true ? undefined : await readRecordedDigest()
  if (engine === undefined) return undefined
  const { folder, git, reader } = await opened
  const branch = await guessBranch(options, reader)
  const tip = await branchPlace(git, options.push).find(branch)
  const cacheHome = io.env['XDG_CACHE_HOME'] ?? join(io.homeFolder, '.cache')
  const cache = resolve(io.cwd, options.cache ?? join(cacheHome, 'fleetwright'))
  const facts =
    options.facts === undefined ? [] : [...(await readFactsFolder(resolve(io.cwd, options.facts)))]
  const { cluster, locked, offline, push, allowDelete } = options
  const key = createHash('sha256')
    .update(io.env['FLEETWRIGHT_KEY'] ?? '')
    .digest('hex')
  return {
    runs: createSaidRuns(cache),
    inputs: [
      ...[version, engine, folder, reader.revision.commit, branch, facts, key],
      { cluster, locked, offline, push, allowDelete },
      io.env['FLEETWRIGHT_PRIVATE_HOSTS'] ?? null,
    ],
    tip,
  }
}

/** What the same run said before, if it would say it again. */
export async function recallRun(
  run: Repeatable,
  asOf: Date,
): Promise<(SaidRun & { exitCode: ExitCode }) | undefined> {
  if (run.tip === undefined) return undefined
  const said = saidRun.safeParse(await run.runs.recall([...run.inputs, run.tip])).data
  const isValid = said?.validUntil === undefined || asOf.getTime() < Date.parse(said.validUntil)
  return isValid ? said : undefined
}

/** Says what an earlier run said. */
export function sayAgain(said: SaidRun & { exitCode: ExitCode }, options: Options, io: Io): ExitCode {
  const { diagnostics, text, json, exitCode } = said
  const { stdout, stderr } = io
  if (options.output === 'json') stdout.write(json)
  else {
    stderr.write(hasColor(options, io, stderr) ? diagnostics.color : diagnostics.plain)
    stdout.write(hasColor(options, io, stdout) ? text.color : text.plain)
  }
  return exitCode
}

/** Keeps what a run said under the commit that the branch is at now. */
export async function rememberRun(run: Repeatable, tip: string, said: SaidRun): Promise<void> {
  await run.runs.remember([...run.inputs, tip], said)
}

/** When the first facts that still count get older than they may. */
export function factsValidUntil(
  facts: Facts,
  maxAgeMs: number,
  asOf: string,
): { readonly validUntil?: string } {
  const ends = [...facts.observations.values()].flatMap(({ observedAt }) =>
    observedAt === undefined ? [] : [Date.parse(observedAt) + maxAgeMs],
  )
  const ahead = ends.filter((end) => end > Date.parse(asOf))
  return ahead.length === 0 ? {} : { validUntil: new Date(Math.min(...ahead)).toISOString() }
}
