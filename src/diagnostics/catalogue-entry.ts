export type Severity = 'error' | 'warning' | 'note'

/** What stays on the rendered branch as it was because of a diagnostic (decision 4). */
export type Holds = 'nothing' | 'unit' | 'cluster' | 'all'

/** A row of the diagnostics reference. */
export interface CatalogueEntry {
  readonly severity: Severity
  readonly holds: Holds
  /** What it says, in one sentence without the particulars. */
  readonly what: string
  /** Why that matters or how it comes about. */
  readonly why: string
  /** Smallest input that gives it. */
  readonly example: string
  /** What to do. */
  readonly fix: string
}

/** Checks the rows of a table and keeps their codes as a type. */
export function entries<Code extends string>(
  table: Record<Code, CatalogueEntry>,
): Record<Code, CatalogueEntry> {
  return table
}
