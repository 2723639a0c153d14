import { chmod, mkdir, rename, rm, writeFile } from 'node:fs/promises'
import { join } from 'node:path'
import { pathToFileURL } from 'node:url'
import { createFolderWriter } from '../../src/adapters/disk/folder-writer.ts'
import { createGitBranchWriter } from '../../src/adapters/git/branch-writer.ts'
import { createMemoryBranch } from '../../src/adapters/memory/memory-branch.ts'
import { EnvironmentError } from '../../src/diagnostics/errors.ts'
import { branchFiles } from './branch-files.ts'
import { updateOf } from '../contracts/branch-writer.ts'
import { filesOfFolder, git, type Playground } from '../contracts/git-repositories.ts'
import { configMap } from '../compile-files.ts'
import type { Place, Row } from './bad-row.ts'
import { manifest, type Change } from './small-fleet.ts'

const moves: Change = {
  'fleet/ill-content.yaml': configMap('ill', { 'a.yaml': manifest('a', 'moved') }),
}

let count = 0

/** A branch at a remote, as pipelines have it: a clone that pushes. */
async function atRemote(
  playground: Playground,
): Promise<Place & { readonly remote: string; readonly clone: string }> {
  count += 1
  const remote = await playground.repository(`remote-${count}.git`, '--bare')
  const clone = await playground.repository(`clone-${count}`)
  return {
    remote,
    clone,
    writer: createGitBranchWriter({ repository: clone, remote: pathToFileURL(remote).href }),
    files: () => branchFiles(remote, 'rendered'),
  }
}

/** A place where somebody else acts once, between the reading and the writing of the run that counts. */
function withRival(
  place: Place & { readonly remote: string },
  act: (remote: string) => Promise<void>,
): Place {
  let isWaiting = false
  return {
    ...place,
    writer: {
      ...place.writer,
      async write(update) {
        if (isWaiting) await act(place.remote)
        isWaiting = false
        return place.writer.write(update)
      },
    },
    spoil: () => void (isWaiting = true),
  }
}

/** A commit of somebody else, on top of what is there or in place of it. */
async function commitByHand(remote: string, path: string, how: 'on top' | 'instead'): Promise<void> {
  if (how === 'instead') await git(remote, 'update-ref', '-d', 'refs/heads/rendered')
  const hand = createGitBranchWriter({ repository: remote })
  const { commit } = await hand.read('rendered')
  await hand.write(updateOf({ [path]: 'by hand\n' }, commit === undefined ? {} : { base: commit }))
}

/** Faults of the world around a run. */
export function badWorld(playground: () => Playground): readonly Row[] {
  return [
    {
      what: 'a branch that is protected against pushes',
      bad: moves,
      place: async () => {
        const place = await atRemote(playground())
        const hook = join(place.remote, 'hooks', 'pre-receive')
        return {
          ...place,
          async spoil() {
            await mkdir(join(place.remote, 'hooks'), { recursive: true })
            await writeFile(hook, '#!/bin/sh\necho "protected branch" >&2\nexit 1\n')
            await chmod(hook, 0o755)
          },
        }
      },
      fails: /did not take the push of rendered: \[remote rejected\] \(pre-receive hook declined\)/,
      then: 'branch stays',
    },
    {
      what: 'a remote whose branch somebody moves meanwhile is no fault, and both sides stay',
      bad: moves,
      place: async () =>
        withRival(await atRemote(playground()), (remote) => commitByHand(remote, 'README.md', 'on top')),
      then: 'all goes on',
      shows: 'value: moved',
      keeps: ['README.md'],
    },
    {
      what: 'a remote whose branch is force-pushed to something else meanwhile',
      bad: moves,
      place: async () =>
        withRival(await atRemote(playground()), (remote) => commitByHand(remote, 'elsewhere.txt', 'instead')),
      says: ['branch/foreign'],
      then: 'branch is theirs',
      keeps: ['elsewhere.txt'],
    },
    {
      what: 'a remote that is gone',
      bad: moves,
      place: async () => {
        const place = await atRemote(playground())
        let files: ReadonlyMap<string, string> | undefined
        return {
          ...place,
          files: async () => files ?? place.files(),
          async spoil() {
            files = await place.files()
            await rm(place.remote, { recursive: true })
          },
        }
      },
      fails: /cannot be reached/,
      then: 'branch stays',
    },
    {
      what: 'a repository that cannot be written',
      bad: moves,
      place: async () => {
        count += 1
        const repository = await playground().repository(`broken-${count}`)
        return {
          writer: createGitBranchWriter({ repository }),
          files: () => branchFiles(repository, 'rendered'),
          async spoil() {
            // A file where git makes its packs: writing fails, for root as well, and reading does not.
            const packs = join(repository, '.git', 'objects', 'pack')
            await rm(packs, { recursive: true })
            await writeFile(packs, '')
          },
        }
      },
      fails: /git could not write to/,
      then: 'branch stays',
    },
    {
      what: 'a branch that is checked out',
      bad: moves,
      place: async () => {
        count += 1
        const repository = await playground().repository(`checked-out-${count}`)
        return {
          writer: createGitBranchWriter({ repository }),
          files: () => branchFiles(repository, 'rendered'),
          async spoil() {
            await git(repository, 'symbolic-ref', 'HEAD', 'refs/heads/rendered')
          },
        }
      },
      fails: /branch rendered is checked out in/,
      then: 'branch stays',
    },
    {
      what: 'a full disk below the repository',
      bad: moves,
      place: () => {
        const writer = createMemoryBranch()
        let isFull = false
        return {
          writer: {
            ...writer,
            write: (update) => (isFull ? Promise.reject(diskFull()) : writer.write(update)),
          },
          files: () => Promise.resolve(writer.filesOf('rendered')),
          spoil: () => void (isFull = true),
        }
      },
      fails: /the disk is full/,
      then: 'branch stays',
    },
    {
      what: 'a folder to write to that is a file',
      bad: moves,
      place: () => {
        count += 1
        const folder = join(playground().folder, `out-${count}`)
        let place = folder
        return {
          writer: createFolderWriter(folder),
          files: () => filesOfFolder(place),
          async spoil() {
            place = `${folder}-before`
            await rename(folder, place)
            await writeFile(folder, 'in the way')
          },
        }
      },
      fails: /a file is where a folder has to be/,
      then: 'branch stays',
    },
    {
      what: 'a remote whose branch is deleted meanwhile is no fault: it is written anew',
      bad: moves,
      place: async () =>
        withRival(await atRemote(playground()), async (remote) => {
          await git(remote, 'update-ref', '-d', 'refs/heads/rendered')
        }),
      then: 'all goes on',
      shows: 'value: moved',
    },
  ]
}

function diskFull(): EnvironmentError {
  return new EnvironmentError({
    adapter: 'git',
    operation: 'write a commit for rendered',
    message: 'the disk is full',
    retryable: false,
    hint: 'make room, then run again',
  })
}
