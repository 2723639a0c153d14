import { rm } from 'node:fs/promises'
import type { Repositories } from '../../../review/repositories-port.ts'
import { writeBareFolder } from './bare-folder.ts'
import { onDisk } from './disk-failure.ts'
import { createParentGit, gatedEnvironment, type ParentGit } from './parent-git.ts'
import { createReadGate } from './read-gate.ts'
import { createRemoteDispatcher, gitAuthorization, protocolOf } from './remote-access.ts'
import { createStore } from './store.ts'
import { createWorkingRepository } from './working-repository.ts'

export interface RepositoriesOptions {
  /** Absolute; of this program alone, and of one machine. */
  readonly folder: string
  /** What is kept may take so much between two pieces of work; what is in use is not taken away. */
  readonly maxBytes: number
  /** Milliseconds since the epoch. */
  readonly now: () => number
  /** Of the program: PATH, proxies and certificates are taken from it. */
  readonly environment: Readonly<Record<string, string | undefined>>
  /** Longest time that one git process may take. Default 10 minutes. */
  readonly deadlineMs?: number
  /** More packs than this are put together when nobody needs them. Default 50. */
  readonly maxPacks?: number
}

/** Repositories below a folder; several processes may share it. What processes left there that died is removed. */
export async function createRepositories({
  folder,
  maxBytes,
  now,
  environment,
  deadlineMs = 600_000,
  maxPacks = 50,
}: RepositoriesOptions): Promise<Repositories> {
  const store = await createStore({ folder, maxBytes, now, maxPacks })
  const dispatcher = createRemoteDispatcher(environment)
  return {
    open: (repository, remote) =>
      onDisk(`open ${remote.url}`, async () => {
        const isFile = protocolOf(remote.url) === 'file'
        const working = await store.createWorkingFolder()
        const gate = isFile
          ? undefined
          : await createReadGate({ remote, authorization: gitAuthorization, dispatcher })
        try {
          await writeBareFolder(working, remote.url)
          const kept = await store.attach(repository, working, remote.url)
          const childEnvironment = gatedEnvironment(remote, gate)
          const gitIn = (place: string): ParentGit =>
            createParentGit({ folder: place, from: remote, environment, childEnvironment, deadlineMs })
          return createWorkingRepository({
            ...{
              repository,
              remote,
              folder: working,
              childEnvironment,
              git: gitIn(working),
              gitIn,
              store,
              kept,
            },
            onClose: async () => gate?.close(),
          })
        } catch (error) {
          await gate?.close()
          await rm(working, { recursive: true, force: true })
          throw error
        }
      }),
    forget: (repository) => onDisk('forget a repository', () => store.forget(repository)),
  }
}
