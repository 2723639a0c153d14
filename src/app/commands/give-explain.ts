import { assert } from '../../diagnostics/errors.ts'
import { formatPrintedAnswer, formatWorking } from '../../report/report.ts'
import { childCodes, runChild } from '../work/run-child.ts'
import { explainEnd } from './compare-change.ts'
import type { GiveCommand } from './types.ts'

/**
 * `/fleet explain OBJECT`. Nothing is downloaded for it: what the head asks for was fetched for its review, within what the
 * base allows, and `explain` knows the head's own configuration alone.
 */
export const giveExplain: GiveCommand<{ readonly object: string }> = async (given, { object }) => {
  const { context, opened, head, isFork, spec, tell } = given
  // Options of ours follow the arguments, so that nothing can end them before.
  assert(!object.startsWith('-'), 'what is explained is no option')
  await tell(formatWorking('Looking for the causes'))
  const options = [`--commit=${head}`, `--branch=${spec.rendered.branch}`, '--offline', '--color=never']
  const result = await runChild(context, {
    ...{ command: 'explain', working: opened.working, isUntrusted: isFork },
    args: [...options, object],
  })
  if (result.exitCode !== childCodes.done) return explainEnd(context, result)
  return { state: 'done', body: formatPrintedAnswer(result.stdout) }
}
