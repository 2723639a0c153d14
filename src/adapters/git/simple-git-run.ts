import { Buffer } from 'node:buffer'
import { simpleGit } from 'simple-git'
import type { GitResult } from './git-process.ts'

/**
 * simple-git refuses an environment that may run programs. Ours is the user's own, and it is how pipelines hand over
 * credentials (`GIT_ASKPASS`, `GIT_SSH_COMMAND`, `GIT_CONFIG_COUNT`); our arguments are arrays that we make.
 */
const trusted = {
  allowUnsafeAlias: true,
  allowUnsafeAskPass: true,
  allowUnsafeCommandBinaries: true,
  allowUnsafeConfigEnvCount: true,
  allowUnsafeConfigPaths: true,
  allowUnsafeCredentialHelper: true,
  allowUnsafeDiffExternal: true,
  allowUnsafeDiffTextConv: true,
  allowUnsafeEditor: true,
  allowUnsafeExec: true,
  allowUnsafeFilter: true,
  allowUnsafeFsMonitor: true,
  allowUnsafeGitProxy: true,
  allowUnsafeGpgProgram: true,
  allowUnsafeHooksPath: true,
  allowUnsafeInclude: true,
  allowUnsafeMergeDriver: true,
  allowUnsafePack: true,
  allowUnsafePager: true,
  allowUnsafeProtocolOverride: true,
  allowUnsafeSshCommand: true,
  allowUnsafeSubmodule: true,
  allowUnsafeTemplateDir: true,
  allowUnsafeUrlRewrite: true,
}

/** Runs a porcelain command; the exit code is the caller's to judge. */
export async function runSimpleGit(
  folder: string,
  args: readonly string[],
  extra: Readonly<Record<string, string>> = {},
): Promise<GitResult> {
  const env = { ...process.env, GIT_TERMINAL_PROMPT: '0', LC_ALL: 'C', ...extra }
  // simple-git turns failures into errors of its own that say no exit code; it is noted on the way.
  let failure: GitResult | undefined
  const git = simpleGit({
    baseDir: folder,
    unsafe: trusted,
    allowEnvironment: Object.keys(env),
    errors(error, { exitCode, stdOut, stdErr }) {
      if (exitCode === 0) return undefined
      failure = { exitCode, stdout: Buffer.concat(stdOut), stderr: Buffer.concat(stdErr).toString() }
      return error ?? new Error(`git ended with ${exitCode}`)
    },
  }).env(env)
  try {
    return { exitCode: 0, stdout: Buffer.from(await git.raw([...args])), stderr: '' }
  } catch (error) {
    if (failure) return failure
    throw error
  }
}
