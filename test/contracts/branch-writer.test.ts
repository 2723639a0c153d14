import { join } from 'node:path'
import { pathToFileURL } from 'node:url'
import { afterAll, beforeAll, describe } from 'vitest'
import { createFolderWriter } from '../../src/adapters/disk/folder-writer.ts'
import { createGitBranchWriter } from '../../src/adapters/git/branch-writer.ts'
import { createMemoryBranch } from '../../src/adapters/memory/memory-branch.ts'
import { sharedFolder } from '../shared.ts'
import { branchWriterContract } from './branch-writer.ts'
import {
  createPlayground,
  filesOfBranch,
  filesOfFolder,
  serveGit,
  type GitServer,
  type Playground,
} from './git-repositories.ts'

let playground: Playground
let count = 0
beforeAll(async () => {
  playground = await createPlayground()
})
afterAll(() => playground.remove())

branchWriterContract('memory', () => {
  const writer = createMemoryBranch()
  return Promise.resolve({ writer, files: (branch) => Promise.resolve(writer.filesOf(branch)) })
})

branchWriterContract('a repository', async () => {
  const repository = await playground.repository(`local-${(count += 1)}`)
  return {
    writer: createGitBranchWriter({ repository }),
    files: (branch) => filesOfBranch(repository, branch),
  }
})

branchWriterContract('a remote over file://', async () => {
  count += 1
  const remote = await playground.repository(`remote-${count}.git`, '--bare')
  const repository = await playground.repository(`clone-${count}`)
  const writer = createGitBranchWriter({ repository, remote: pathToFileURL(remote).href })
  return { writer, files: (branch) => filesOfBranch(remote, branch) }
})

branchWriterContract('a folder', () => {
  const folder = join(playground.folder, `folder-${(count += 1)}`)
  return Promise.resolve({ writer: createFolderWriter(folder), files: () => filesOfFolder(folder) })
})

describe.skipIf(sharedFolder() === undefined)('over smart HTTP', () => {
  let server: GitServer
  beforeAll(async () => {
    server = await serveGit(sharedFolder() ?? '', playground.folder)
  })
  afterAll(() => server.stop())

  branchWriterContract('a remote over HTTP', async () => {
    count += 1
    const remote = await playground.repository(`served-${count}.git`, '--bare')
    const repository = await playground.repository(`clone-${count}`)
    const writer = createGitBranchWriter({ repository, remote: `${server.url}/served-${count}.git` })
    return { writer, files: (branch) => filesOfBranch(remote, branch) }
  })
})
