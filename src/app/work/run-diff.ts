import { mkdtemp, readFile, rm } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import type { WorkingRepository } from '../../review/repositories-port.ts'
import { reportFileNames } from '../../review/review.ts'
import type { CliCall, CliResult } from '../types.ts'
import { childCodes, runChild } from './run-child.ts'
import type { WorkContext } from './work-context.ts'

export interface DiffCall extends Pick<CliCall, 'onProgress'> {
  readonly working: WorkingRepository
  /** Base and head as commits, and options. */
  readonly args: readonly string[]
  /** The head is a stranger's. */
  readonly isUntrusted: boolean
}

export type DiffResult =
  /** Texts of the report by file name: `review.json`, `comment.md`. */
  | { readonly status: 'reported'; readonly texts: ReadonlyMap<string, string>; readonly result: CliResult }
  | { readonly status: 'failed'; readonly result: CliResult }

/** After these there is a report; errors of the head are in it. */
const reportCodes: readonly number[] = [childCodes.done, childCodes.errors, childCodes.found]

/** Runs `fleetwright diff` in a working repository, and reads what it reports. Throws as runChild does. */
export async function runDiff(context: WorkContext, call: DiffCall): Promise<DiffResult> {
  const { working, args, isUntrusted, onProgress } = call
  const folder = await mkdtemp(join(tmpdir(), 'fleetwright-report-'))
  try {
    const result = await runChild(context, {
      ...{ command: 'diff', working, isUntrusted },
      args: [...args, `--report=${folder}`, ...(isUntrusted ? ['--untrusted'] : [])],
      ...(onProgress && { onProgress }),
    })
    if (!reportCodes.includes(result.exitCode)) return { status: 'failed', result }
    const texts = reportFileNames.map(
      async (name) => [name, await readFile(join(folder, name), 'utf8')] as const,
    )
    return { status: 'reported', texts: new Map(await Promise.all(texts)), result }
  } finally {
    await rm(folder, { recursive: true, force: true })
  }
}
