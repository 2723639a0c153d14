import { explainNoClusters, formatChangeAnswer, formatWorking } from '../../report/report.ts'
import { compareChange } from './compare-change.ts'
import type { GiveCommand } from './types.ts'

/** `/fleet diff [SELECTOR]`: the report on some of the clusters. */
export const giveDiff: GiveCommand<{ readonly cluster?: string }> = async (given, { cluster }) => {
  const { base, head, tell } = given
  await tell(formatWorking('Compiling base and head'))
  const compared = await compareChange(given, [
    ...[base, head],
    ...(cluster === undefined ? [] : [`--cluster=${cluster}`]),
  ])
  if (compared.status === 'answered') return compared.answer
  const { review, comment } = compared
  const none = cluster === undefined ? undefined : explainNoClusters(review, cluster)
  if (none !== undefined) return { state: 'confused', body: none }
  return {
    state: 'done',
    body: formatChangeAnswer({ review, comment, ...(cluster !== undefined && { clusters: cluster }) }),
  }
}
