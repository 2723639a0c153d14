import { assert } from '../diagnostics/errors.ts'
import type { Check } from '../report/reviewer-port.ts'

/** Files of `fleetwright diff --report` that shells read. */
export const reportFileNames = [
  'review.json',
  'check.json',
  'annotations.txt',
  'summary.md',
  'comment.md',
] as const
export type ReportFileName = (typeof reportFileNames)[number]

/** What a run wrote with `--report`, as far as it is posted and counted. */
export interface WrittenReport {
  readonly isChanged: boolean
  /** There is nothing to say that would be worth a comment of its own. */
  readonly isSilent: boolean
  /** Clusters that change. */
  readonly clusters: number
  readonly dangers: number
  /** Digest of deletions that wait for approval. */
  readonly brake?: string
  /** Workflow commands. */
  readonly annotations: string
  readonly summary: string
  readonly comment: string
  readonly check: Pick<Check, 'state' | 'title' | 'summary' | 'annotations'>
}

/** Of the review, as far as it is counted here; its schema is docs/reference/review.schema.json. */
interface WrittenReview {
  readonly verdict: { readonly kind: string }
  readonly totals: { readonly clusters: { readonly changed: number } }
  readonly dangers: readonly unknown[]
  readonly upgrades: readonly {
    readonly dangers: readonly unknown[]
    readonly follows: { readonly dangers: readonly unknown[] }
  }[]
  readonly brake?: { readonly digest: string }
  readonly diagnostics: { readonly added: readonly unknown[] }
}

/**
 * The texts of a report that a process of ours wrote just now: nothing in them comes from elsewhere but as masked text. Pure.
 * Throws InternalError where one is missing.
 */
export function readWrittenReport(texts: ReadonlyMap<string, string>): WrittenReport {
  const textOf = (name: ReportFileName): string => {
    const text = texts.get(name)
    assert(text !== undefined, `a report has the file ${name}`)
    return text
  }
  const review = JSON.parse(textOf('review.json')) as WrittenReview
  const { conclusion, title, ...told } = JSON.parse(textOf('check.json')) as Omit<
    WrittenReport['check'],
    'state'
  > & { readonly conclusion: Check['state'] }
  const { verdict, totals, dangers, upgrades, brake, diagnostics } = review
  const following = upgrades.flatMap((each) => [...each.dangers, ...each.follows.dangers])
  return {
    isChanged: totals.clusters.changed > 0 || upgrades.length > 0,
    isSilent: verdict.kind === 'none' && diagnostics.added.length === 0,
    clusters: totals.clusters.changed,
    dangers: dangers.length + following.length,
    ...(brake && { brake: brake.digest }),
    annotations: textOf('annotations.txt'),
    summary: textOf('summary.md'),
    comment: textOf('comment.md'),
    check: { state: conclusion, title, summary: told.summary, annotations: told.annotations },
  }
}
