import type { Profile } from '../../intent/types.ts'
import { writtenId } from '../../resolve/resolve.ts'
import type { DocumentPath } from '../../source/types.ts'
import type { ChangeCause } from '../types.ts'
import { differencesBetween, formatDocumentPath, type Difference } from './differences.ts'
import { placeOfDifference } from './places.ts'
import type { KnownSide } from './sides.ts'

/** An entry of a profile on one side. */
export interface Entry {
  readonly profile: Profile
  readonly path: DocumentPath
}

/** What both sides have of one entry; one of them is absent where there is none. */
export type Entries = Readonly<Partial<Record<KnownSide['side'], Entry>>>

interface Documents {
  readonly before: Profile['document']
  readonly after: Profile['document']
}

/** What differs in an entry that both sides have. */
export function entryChanges({ before, after }: Entries): readonly ChangeCause[] {
  if (!before || !after) return []
  const documents = { before: before.profile.document, after: after.profile.document }
  const paths = { before: before.path, after: after.path }
  return differencesBetween(documents.before, documents.after, paths).map((difference) =>
    differenceCause(writtenId(after.profile), difference, documents),
  )
}

/** `ClusterProfile/x changes \`spec.helmCharts[0].values\``, at the line. */
export function differenceCause(
  id: string,
  difference: Difference,
  { before, after }: Documents,
): ChangeCause {
  const side = difference.change === 'removed' ? 'before' : 'after'
  return {
    text: `${id} ${wordsOf(difference)}`,
    span: placeOfDifference(side === 'before' ? before : after, difference),
    side,
  }
}

function wordsOf({ path, change, before, after }: Difference): string {
  const isVersion = path.at(-1) === 'chartVersion' && typeof before === 'string' && typeof after === 'string'
  if (isVersion) return `asks for chart version ${after} instead of ${before}`
  const verb = { added: 'adds', removed: 'removes', changed: 'changes' }[change]
  return `${verb} \`${formatDocumentPath(path)}\``
}
