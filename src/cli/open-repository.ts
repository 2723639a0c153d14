import { Buffer } from 'node:buffer'
import { resolve } from 'node:path'
import { isMap, parseDocument } from 'yaml'
import { createFolderReader } from '../adapters/disk/folder-reader.ts'
import { createCommitReader } from '../adapters/git/commit-reader.ts'
import { openGitRepository, type GitRepository } from '../adapters/git/git-repository.ts'
import { findRepositoryRoot } from '../adapters/git/repository-place.ts'
import { defaultConfig } from '../config/config.ts'
import type { RepositoryReader } from '../source/repository-reader-port.ts'
import type { Io } from './io.ts'
import type { Options } from './options.ts'

/** The repository of `--repo`, and what of it is compiled. */
export interface OpenRepository {
  /** Root of the repository. */
  readonly folder: string
  readonly git: GitRepository
  readonly reader: RepositoryReader
}

/** Throws EnvironmentError. */
export async function openRepository(options: Options, io: Io): Promise<OpenRepository> {
  const folder = await findRepositoryRoot(resolve(io.cwd, options.repo))
  const git = openGitRepository(folder)
  const reader =
    options.worktree === true
      ? await createFolderReader(folder)
      : await createCommitReader(git, options.commit)
  return { folder, git, reader }
}

/** The branch that fleetwright.yaml seems to name, read without the engine, which has the last word. */
export async function guessBranch({ branch }: Options, reader: RepositoryReader): Promise<string> {
  if (branch !== undefined) return branch
  const entry = (await reader.list()).find(({ path }) => /^fleetwright\.ya?ml$/.test(path))
  if (entry === undefined) return defaultConfig.rendered.branch
  const bytes = (await reader.read([entry.path])).get(entry.path)
  const document = parseDocument(Buffer.from(bytes ?? []).toString('utf8'), { logLevel: 'silent' })
  const rendered = isMap(document.contents) ? document.getIn(['spec', 'rendered', 'branch']) : undefined
  return typeof rendered === 'string' ? rendered : defaultConfig.rendered.branch
}
