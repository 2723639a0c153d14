import { EnvironmentError, InternalError } from '../../diagnostics/errors.ts'
import { formatFailedCheck } from '../../report/report.ts'
import { checkNames } from '../../review/review.ts'
import type { Work } from '../../review/types.ts'
import type { AppPorts, WorkRun } from '../types.ts'
import { giveUpCommand } from './command-work.ts'
import { secretsOf } from './run-child.ts'
import { compileAgain } from './running-check.ts'
import { openCheckKey } from './state-keys.ts'
import { createContext, type WorkContext } from './work-context.ts'

interface CheckOfWork {
  readonly name: string
  readonly subject: string
}

/**
 * Ends the check of work that is tried no more, and says why. `error` is undefined when the process ended each time. Where no
 * check was begun nobody waits for one: it may be no fleet at all.
 */
export async function tellGivenUp(ports: AppPorts, work: Work, error: unknown, run: WorkRun): Promise<void> {
  if (work.type === 'command') return giveUpCommand(ports, work, run)
  const context = createContext(ports, work, run)
  const { github, repository } = context
  const of = checkOf(work)
  if (of === undefined) return
  const key = openCheckKey(repository, of.subject)
  const commit = await ports.state.get(key)
  if (commit === undefined) return
  const standing = await github.host.findCheck(commit, of.name)
  if (standing !== undefined && standing.state !== 'completed')
    await github.reviewer.writeCheck({
      ...{ name: of.name, commit, run: Math.max(ports.now(), (standing.run ?? 0) + 1) },
      ...{ ...describe(context, error), annotations: [], actions: [compileAgain] },
    })
  await ports.state.put(new Map([[key, undefined]]))
}

/** Commands answer for themselves, and nobody waits for the rest. */
function checkOf(work: Work): CheckOfWork | undefined {
  switch (work.type) {
    case 'review':
      return { name: checkNames.review, subject: `review/${work.pullRequest}` }
    case 'compile':
      return { name: checkNames.compile, subject: `compile/${work.branch}` }
    case 'merge-group':
      return { name: checkNames.review, subject: `merge-group/${work.head}` }
    case 'command':
    case 'approve':
    case 'fleet':
    case 'reconcile':
    case 'forget':
      return undefined
  }
}

function describe(context: WorkContext, error: unknown) {
  const secrets = secretsOf(context)
  if (error instanceof EnvironmentError) {
    const said = error.hint === undefined ? error.message : `${error.message}\n${error.hint}`
    return formatFailedCheck({ kind: 'environment', attempts: context.run.attempt }, { said, secrets })
  }
  // Texts of other errors may be about anything.
  const said = error instanceof InternalError ? error.message : ''
  return formatFailedCheck({ kind: 'fault' }, { said, secrets })
}
