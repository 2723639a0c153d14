import { createHash } from 'node:crypto'
import { canonicalJson } from '../../kubernetes/exact-json.ts'
import type { Check, CheckAnnotation } from '../../report/reviewer-port.ts'

/** GitHub takes so many annotations in one request. */
const batchSize = 50

/** The newest check of ours with that name on that commit. */
export interface StandingCheck {
  readonly id: number
  readonly url?: string
  readonly externalId: string
  readonly isCompleted: boolean
  readonly annotations: readonly CheckAnnotation[]
}

/** What has to be sent so that the check says what it should. */
export type CheckPlan =
  | { readonly type: 'rest'; readonly status: 'unchanged' | 'overtaken'; readonly url?: string }
  /** One request for each batch, at least one; only the last one ends the check. Without `id` the first one creates it. */
  | {
      readonly type: 'send'
      readonly id?: number
      readonly externalId: string
      readonly batches: readonly (readonly CheckAnnotation[])[]
    }

/**
 * Annotations are appended by each request, and what a completed check concluded stays: so a check that is still open is
 * carried on with what it lacks, and one that says something else is followed by a new one of the same name, which takes its
 * place in what GitHub shows. Pure.
 */
export function planCheck(standing: StandingCheck | undefined, check: Check): CheckPlan {
  const externalId = toExternalId(check)
  const fresh = { type: 'send', externalId, batches: batchesOf(check.annotations) } as const
  if (standing === undefined) return fresh
  const { run, content } = parseExternalId(standing.externalId)
  const rest = { type: 'rest', ...(standing.url !== undefined && { url: standing.url }) } as const
  if (run > check.run) return { ...rest, status: 'overtaken' }
  if (standing.isCompleted) {
    return content === parseExternalId(externalId).content ? { ...rest, status: 'unchanged' } : fresh
  }
  const { missing, surplus } = differenceOf(check.annotations, standing.annotations)
  if (surplus) return fresh
  const isOpen = check.state === 'queued' || check.state === 'in_progress'
  if (isOpen && missing.length === 0 && content === parseExternalId(externalId).content)
    return { ...rest, status: 'unchanged' }
  return { type: 'send', id: standing.id, externalId, batches: batchesOf(missing) }
}

/** Whose check it is, of which run, and what it was to say. */
function toExternalId({ run, name: _name, commit: _commit, ...content }: Check): string {
  const digest = createHash('sha256').update(canonicalJson(content)).digest('hex').slice(0, 32)
  return `fleetwright/${run}/${digest}`
}

export function parseExternalId(text: string): { readonly run: number; readonly content: string } {
  const [, run = '0', content = ''] = /^fleetwright\/(\d+)\/(\w+)$/.exec(text) ?? []
  return { run: Number(run), content }
}

export function isOurs(externalId: string | null): boolean {
  return externalId?.startsWith('fleetwright/') === true
}

function batchesOf(annotations: readonly CheckAnnotation[]): (readonly CheckAnnotation[])[] {
  const count = Math.max(1, Math.ceil(annotations.length / batchSize))
  return Array.from({ length: count }, (_, index) =>
    annotations.slice(index * batchSize, (index + 1) * batchSize),
  )
}

/** Equal ones are counted: two of them are two. */
function differenceOf(
  wanted: readonly CheckAnnotation[],
  present: readonly CheckAnnotation[],
): { readonly missing: readonly CheckAnnotation[]; readonly surplus: boolean } {
  const counts = new Map<string, number>()
  for (const each of present) counts.set(keyOf(each), (counts.get(keyOf(each)) ?? 0) + 1)
  const missing = wanted.filter((each) => {
    const left = counts.get(keyOf(each)) ?? 0
    counts.set(keyOf(each), left - 1)
    return left <= 0
  })
  return { missing, surplus: [...counts.values()].some((left) => left > 0) }
}

function keyOf(annotation: CheckAnnotation): string {
  return canonicalJson(annotation)
}
