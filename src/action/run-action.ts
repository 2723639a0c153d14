import { join, resolve } from 'node:path'
import { EnvironmentError } from '../diagnostics/errors.ts'
import { ActionError, type ActionIo } from './action-io.ts'
import type { ActionRun } from './action-run.ts'
import { chooseTask } from './choose-command.ts'
import { runDiff } from './diff-command.ts'
import { readEvent } from './event.ts'
import { parseInputs } from './inputs.ts'
import { runPost } from './post-command.ts'
import { runTrusted } from './trusted-command.ts'

/** Does what inputs and event ask for. Gives what the step fails with, one line each; nothing is thrown but our own faults. */
export async function runAction(io: ActionIo): Promise<readonly string[]> {
  const startedAt = io.now()
  try {
    const inputs = parseInputs(io.env)
    const event = await readEvent(io.env)
    const workspace = io.env['GITHUB_WORKSPACE'] ?? ''
    const temporaryFolder = io.env['RUNNER_TEMP'] ?? ''
    if (workspace === '' || temporaryFolder === '')
      throw new ActionError('GITHUB_WORKSPACE or RUNNER_TEMP is not set: this is no runner of GitHub Actions')
    const run: ActionRun = {
      ...{ io, event, startedAt, temporaryFolder },
      inputs: {
        ...inputs,
        reportFolder: inputs.reportFolder && resolve(workspace, inputs.reportFolder),
      },
      folder: join(workspace, inputs.repo),
      link: pageOfRun(io.env),
    }
    const task = chooseTask(inputs.command, event)
    const failed =
      task.command === 'diff'
        ? await runDiff(run, task)
        : task.command === 'post'
          ? await runPost(run, task.run)
          : await runTrusted(run, task.command)
    return failed === undefined ? [] : [failed]
  } catch (error) {
    if (error instanceof ActionError) return [error.message]
    if (error instanceof EnvironmentError)
      return [error.hint === undefined ? error.message : `${error.message} (${error.hint})`]
    throw error
  }
}

function pageOfRun(env: ActionIo['env']): string | undefined {
  const { GITHUB_SERVER_URL: server, GITHUB_REPOSITORY: repository, GITHUB_RUN_ID: id } = env
  if (server === undefined || repository === undefined || id === undefined) return undefined
  return `${server}/${repository}/actions/runs/${id}`
}
