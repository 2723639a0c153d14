import { runGit } from './git-process.ts'
import { toGitRepository, type GitRepository } from './git-repository.ts'

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
export async function readRemoteUrls(place: GitRepository | string): Promise<string[]> {
  const config = await toGitRepository(place).config()
  return [...new Set(config.match(/^remote\..*\.url$/).map(({ value }) => value))].sort()
}
