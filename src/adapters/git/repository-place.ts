import { runGit } from './git-process.ts'

/** The root of the work tree that a folder lies in; the folder itself where there is none. */
export async function findRepositoryRoot(folder: string): Promise<string> {
  const { exitCode, stdout } = await runGit({ folder, args: ['rev-parse', '--show-toplevel'] })
  const root = stdout.toString().trim()
  return exitCode === 0 && root !== '' ? root : folder
}

/** Whether Git has a repository there, with or without a work tree. */
export async function isRepository(folder: string): Promise<boolean> {
  return (await runGit({ folder, args: ['rev-parse', '--git-dir'] })).exitCode === 0
}

/** URLs of every remote, for sources that turn out to be this repository; empty outside of a repository. */
export async function readRemoteUrls(repository: string): Promise<string[]> {
  const { exitCode, stdout } = await runGit({
    folder: repository,
    args: ['config', '--get-regexp', '^remote\\..*\\.url$'],
  })
  if (exitCode !== 0) return []
  const lines = stdout.toString().split('\n')
  return [...new Set(lines.flatMap((line) => line.split(' ').slice(1).join(' ') || []))].sort()
}
