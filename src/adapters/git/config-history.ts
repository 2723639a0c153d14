import type { ConfigHistory } from '../../config/config-history-port.ts'
import { createCommitReader } from './commit-reader.ts'
import { runGitOrThrow } from './git-process.ts'
import type { GitRepository } from './git-repository.ts'

/** Whoever breaks the file more often than that without mending it has nothing that could count in its place. */
const mostStates = 30

export function createConfigHistory(repository: GitRepository): ConfigHistory {
  return {
    async commits(commit) {
      const range = ['--first-parent', `--max-count=${mostStates}`, commit]
      const args = ['rev-list', ...range, '--', 'fleetwright.yaml', 'fleetwright.yml']
      const operation = `list what fleetwright.yaml was before ${commit}`
      const text = (await runGitOrThrow({ folder: repository.folder, args }, operation)).toString()
      return text.split('\n').filter((line) => line !== '')
    },
    read: (commit) => createCommitReader(repository, commit),
  }
}
