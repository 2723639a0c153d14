import { EnvironmentError } from '../../diagnostics/errors.ts'
import { lastLine, runGit } from './git-process.ts'
import type { GitRepository } from './git-repository.ts'

/** Whether the clone left objects at its remote (`git clone --filter=blob:none`). */
export async function isPartialClone(repository: GitRepository): Promise<boolean> {
  return (await promisorRemotes(repository)).length > 0
}

/**
 * Brings those blobs of a commit that a partial clone has not got yet, all in one request; git alone would fetch them one by one.
 * Throws EnvironmentError, retryable, when the remote does not give them.
 */
export async function fetchMissing(
  repository: GitRepository,
  commit: string,
  ids: readonly string[],
): Promise<void> {
  const { folder } = repository
  const absent = await repository.missing(commit, () => listMissing(folder, commit))
  const missing = ids.filter((id) => absent.has(id))
  const [remote] = await promisorRemotes(repository)
  if (missing.length === 0 || remote === undefined) return
  // What git itself runs for a promised object, given all of them at once.
  const args = [
    ...['-c', 'fetch.negotiationAlgorithm=noop', 'fetch', remote],
    ...['--no-tags', '--no-write-fetch-head', '--recurse-submodules=no', '--filter=blob:none', '--stdin'],
  ]
  const result = await runGit({ folder, args, input: `${missing.join('\n')}\n` })
  if (result.exitCode === 0) {
    for (const id of missing) absent.delete(id)
    return
  }
  throw new EnvironmentError({
    adapter: 'git',
    operation: `fetch ${missing.length} files from ${remote}`,
    message: `the remote ${remote} did not give the files that this partial clone lacks: ${lastLine(result.stderr)}`,
    retryable: true,
    hint: 'see that the remote can be reached with these credentials, or clone without --filter',
  })
}

async function promisorRemotes(repository: GitRepository): Promise<string[]> {
  const config = await repository.config()
  const old = config.get('extensions.partialclone')
  const remotes = config.match(/^remote\.(.*)\.promisor$/).filter(({ key }) => config.isTrue(key))
  return [...(old === undefined ? [] : [old]), ...remotes.map(({ name }) => name)]
}

/** Blobs of the commit that are not here: the one question of git (also of old ones) that sets off no lazy fetch itself. */
async function listMissing(folder: string, commit: string): Promise<Set<string>> {
  const args = [
    'rev-list',
    '--objects',
    '--no-object-names',
    '--missing=print',
    '--no-walk',
    `${commit}^{tree}`,
  ]
  const { stdout } = await runGit({ folder, args })
  const lines = stdout.toString().split('\n')
  return new Set(lines.flatMap((line) => (line.startsWith('?') ? [line.slice(1)] : [])))
}
