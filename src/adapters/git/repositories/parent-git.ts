import { EnvironmentError } from '../../../diagnostics/errors.ts'
import type { GitRemote } from '../../../review/repositories-port.ts'
import { lastLine, runGit, type GitResult } from '../git-process.ts'
import { carefulSettings, carefulVariables, gitSettings, ownGitEnvironment } from './git-settings.ts'
import type { ReadGate } from './read-gate.ts'
import { gitAuthorization, protocolOf } from './remote-access.ts'

/** How git is let run by this program in one working repository. */
export interface ParentGit {
  /** Without any network: what is not there is missing. */
  local(args: readonly string[], input?: string): Promise<GitResult>
  /** With the token of the remote, for this process alone. */
  remote(args: readonly string[], input?: string): Promise<GitResult>
  /** As a child runs it: missing files come through the gate. */
  gated(args: readonly string[], input?: string): Promise<GitResult>
  /** What was not expected, in words that hold no credentials. */
  failed(command: string, result: GitResult, operation: string): EnvironmentError
}

export interface ParentGitOptions {
  readonly folder: string
  readonly from: GitRemote
  readonly environment: Readonly<Record<string, string | undefined>>
  readonly childEnvironment: Readonly<Record<string, string>>
  /** Longest time that one git process may take. */
  readonly deadlineMs: number
}

export function createParentGit({
  folder,
  from,
  environment,
  childEnvironment,
  deadlineMs,
}: ParentGitOptions): ParentGit {
  const own = ownGitEnvironment(environment, folder)
  const protocols = protocolOf(from.url)
  const run = (
    env: Readonly<Record<string, string>>,
    args: readonly string[],
    input?: string,
  ): Promise<GitResult> =>
    runGit({
      ...{ folder, args, environment: own, env, signal: AbortSignal.timeout(deadlineMs) },
      ...(input !== undefined && { input }),
    })
  return {
    local: (args, input) =>
      run(
        { ...carefulVariables('none'), GIT_NO_LAZY_FETCH: '1', ...gitSettings(carefulSettings) },
        args,
        input,
      ),
    async remote(args, input) {
      const header =
        protocols === 'file'
          ? {}
          : { [`http.${from.url}.extraHeader`]: `Authorization: ${gitAuthorization(await from.token())}` }
      const settings = { ...carefulSettings, ...header }
      return run({ ...carefulVariables(protocols), ...gitSettings(settings) }, args, input)
    },
    gated: (args, input) => run(childEnvironment, args, input),
    failed: (command, { exitCode, stderr }, operation) =>
      new EnvironmentError({
        adapter: 'git',
        operation,
        message: `git ${command} ended with ${exitCode}: ${lastLine(stderr)}`,
        retryable: true,
      }),
  }
}

/** Environment of git in a child: it reads what is missing from the gate, which stands for the remote. */
export function gatedEnvironment(
  from: GitRemote,
  gate: Pick<ReadGate, 'url' | 'header'> | undefined,
): Record<string, string> {
  const settings = gate && {
    [`url.${gate.url}.insteadOf`]: from.url,
    [`http.${gate.url}.extraHeader`]: gate.header,
    // A proxy would ask itself for what is on loopback.
    [`http.${gate.url}.proxy`]: '',
  }
  return {
    ...carefulVariables(gate === undefined ? protocolOf(from.url) : 'http'),
    ...gitSettings({ ...carefulSettings, ...settings }),
  }
}
