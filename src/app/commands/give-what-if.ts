import { formatChangeAnswer, formatWorking } from '../../report/report.ts'
import { compareChange } from './compare-change.ts'
import type { GiveCommand } from './types.ts'

/**
 * `/fleet what-if`: the head in another world, against the head as it is. What the base says and uses decides what it may
 * fetch and with which credentials, as in a report on the change.
 */
export const giveWhatIf: GiveCommand<{ readonly changes: readonly string[] }> = async (
  given,
  { changes },
) => {
  const { base, head, spec, tell } = given
  await tell(formatWorking('Compiling the head as it is, and as it would be'))
  const compared = await compareChange(given, [
    ...['--against=rendered', head, `--branch=${spec.rendered.branch}`, `--trust=${base}`],
    ...changes.map((change) => `--what-if=${change}`),
  ])
  if (compared.status === 'answered') return compared.answer
  const { review, comment } = compared
  return { state: 'done', body: formatChangeAnswer({ review, comment }) }
}
