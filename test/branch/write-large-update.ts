import { createGitBranchWriter } from '../../src/adapters/git/branch-writer.ts'
import { updateOf } from '../contracts/branch-writer.ts'

// Run as a process of its own, so that it can be killed half-way: REPOSITORY REMOTE BASE.
const [repository = '', remote = '', base = ''] = process.argv.slice(2)
const files = Object.fromEntries(
  Array.from({ length: 4000 }, (_, position) => [
    `clusters/a/b/u${position % 40}/${position}.yaml`,
    `position: ${position}\n${'filler: text\n'.repeat(100)}`,
  ]),
)
const writer = createGitBranchWriter({ repository, remote })
const outcome = await writer.write(updateOf({ ...files, '.fleetwright/build.json': 'new\n' }, { base }))
process.stdout.write(outcome.status)
