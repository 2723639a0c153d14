import { formatChangeAnswer, formatWorking } from '../../report/report.ts'
import { compareChange } from './compare-change.ts'
import type { GiveCommand } from './types.ts'

/**
 * `/fleet what-if`: the head in another world, against the head as it is. Whoever wrote it, it fetches only what the base
 * vouches for, since nothing else compares it with its base here.
 */
export const giveWhatIf: GiveCommand<{ readonly changes: readonly string[] }> = async (
  given,
  { changes },
) => {
  const { head, spec, tell } = given
  await tell(formatWorking('Compiling the head as it is, and as it would be'))
  const compared = await compareChange(given, [
    ...['--against=rendered', head, `--branch=${spec.rendered.branch}`, '--untrusted'],
    ...changes.map((change) => `--what-if=${change}`),
  ])
  if (compared.status === 'answered') return compared.answer
  const { review, comment } = compared
  return { state: 'done', body: formatChangeAnswer({ review, comment }) }
}
