import { readFileSync } from 'node:fs'
import { join } from 'node:path'
import { sharedFolder } from '../shared.ts'

/** One row of the corpus' cases.tsv. */
export interface CorpusRow {
  readonly kind: 'chart' | 'kustomize' | 'fleet'
  readonly name: string
  /** Values of a chart, or a folder of a repository. */
  readonly case: string
  readonly result: 'ok' | 'fail'
  /** `class: text` when it failed. */
  readonly reason: string
  /** Whether two runs of the real tool printed the same. */
  readonly deterministic: boolean
  /** What moved between two runs, ending with the number of distinct lines: `genCA/cert (10 lines)`. */
  readonly moved: string
  /** `archive:member` or a file; empty when only a hash was kept. */
  readonly golden: string
}

export function readCorpusRows(): readonly CorpusRow[] {
  const shared = sharedFolder()
  if (shared === undefined) return []
  const [, ...lines] = readFileSync(join(shared, 'corpus/cases.tsv'), 'utf8').trimEnd().split('\n')
  return lines.map((line) => {
    const cells = line.split('\t')
    const cell = (index: number): string => cells[index] ?? ''
    return {
      kind: cell(0) as CorpusRow['kind'],
      name: cell(1),
      case: cell(2),
      result: cell(3) as CorpusRow['result'],
      reason: cell(4),
      deterministic: cell(8) === 'y',
      moved: cell(9),
      golden: cell(10),
    }
  })
}
