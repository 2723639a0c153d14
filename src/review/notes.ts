import { z } from 'zod'
import { parseKept } from './parse-kept.ts'
import { repositoryKey } from './queued-work.ts'
import type { RepositoryId } from './types.ts'

/** What stood when, by GitHub's clock: that a head moved, that somebody closed a proposal. */
const note = z.looseObject({ since: z.iso.datetime() })

const headNote = z.object({ commit: z.string(), since: z.iso.datetime() })
export type HeadNote = Readonly<z.infer<typeof headNote>>

const declinedNote = z.object({ digest: z.string(), since: z.iso.datetime() })
export type DeclinedNote = Readonly<z.infer<typeof declinedNote>>

/** Of a pull request: since when the head that it has is its head. */
export function headKey(repository: RepositoryId, pullRequest: number): string {
  return `${headsPrefix(repository)}${pullRequest}`
}

/** The number of a pull request follows. */
export function headsPrefix(repository: RepositoryId): string {
  return `${repositoryKey(repository)}/heads/`
}

/** What a person closed without merging, by the branch of the proposal. */
export function declinedKey(repository: RepositoryId, branch: string): string {
  return `${repositoryKey(repository)}/declined/${branch}`
}

/** Ids of installations whose repositories are to be looked at, all of them and soon. */
export const returnedPrefix = 'app/returned/'

/** Name of the rendered branch as the configuration had it last, as it is; written by whoever reads the configuration. */
export function renderedBranchKey(repository: RepositoryId): string {
  return `${repositoryKey(repository)}/rendered`
}

export function formatNote(value: HeadNote | DeclinedNote): string {
  return JSON.stringify(value)
}

/** Undefined for what is none: it is as if nothing had been noted. */
export function parseHeadNote(text: string | undefined): HeadNote | undefined {
  return parseKept(headNote, text)
}

export function parseDeclinedNote(text: string | undefined): DeclinedNote | undefined {
  return parseKept(declinedNote, text)
}

/**
 * What to keep of what is noted and what comes: the later. In whatever order deliveries come, and however often, the end is
 * the same. Of one second, which is all that GitHub tells apart, the greater text stays: it may be the wrong one, and is then
 * found not to be what stands.
 */
export function mergeNote(noted: string | undefined, coming: string): string {
  const [before, after] = [timeOf(noted), timeOf(coming)]
  if (noted === undefined || before !== after) return noted === undefined || after > before ? coming : noted
  return coming > noted ? coming : noted
}

/** Before everything where there is none. */
function timeOf(text: string | undefined): number {
  const kept = parseKept(note, text)
  return kept === undefined ? Number.NEGATIVE_INFINITY : Date.parse(kept.since)
}
