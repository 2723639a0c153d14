import { readRecordedFolder, writeRecordedFolder } from '../../adapters/disk/facts-folder.ts'
import { isFactsPath, observedPath } from '../../observe/observe.ts'
import { toQueuedWork } from '../../review/review.ts'
import type { RepositoryId } from '../../review/types.ts'
import type { AppPorts, Log } from '../types.ts'
import { factsPrefix } from '../work/state-keys.ts'
import { readObserved, type FactsFiles } from './fleet-facts.ts'

/** Brings what a child records to where all replicas find it. */
export interface FactsKeeper {
  /** Puts what is known into the folder: what was told already is not told again. */
  begin(folder: string): Promise<void>
  /** The child has recorded something. Never fails; what could not be kept is kept by the next one, or by `again`. */
  recorded(): void
  /** Tries again what failed. */
  again(): void
  /** Resolves when nothing more is kept of this folder. */
  settle(): Promise<void>
  /** As it was kept last. */
  readonly known: () => FactsFiles
  readonly hasRecorded: () => boolean
}

interface KeeperOptions {
  readonly ports: Pick<AppPorts, 'state' | 'queue'>
  readonly repository: RepositoryId
  readonly log: Log
  readonly signal: AbortSignal
  /** Whether no other process watches by now: one that was held up finds out late that it lost its lease. */
  readonly isOurs: () => Promise<boolean>
}

export function createFactsKeeper({ ports, repository, log, signal, isOurs }: KeeperOptions): FactsKeeper {
  const { state, queue } = ports
  const prefix = factsPrefix(repository)
  let from: string | undefined
  let known: FactsFiles = new Map()
  let hasRecorded = false
  let isBehind = false
  let last: Promise<void> = Promise.resolve()
  const addWork = (): Promise<boolean> => queue.add([toQueuedWork({ type: 'fleet', repository })])

  async function keep(): Promise<void> {
    if (from === undefined || signal.aborted) return
    const files = await readRecordedFolder(from)
    if (!files.has(observedPath)) return
    if (!(await isOurs())) return
    const paths = [...new Set([...files.keys(), ...known.keys()])]
    const changed = paths.filter((path) => files.get(path) !== known.get(path))
    if (changed.length > 0)
      await state.put(new Map(changed.map((path) => [`${prefix}${path}`, files.get(path)])))
    if (changed.some(isFactsPath)) await addWork()
    known = files
    isBehind = false
  }

  const recorded = (): void => {
    hasRecorded = true
    isBehind = true
    last = last.then(keep).catch((error: unknown) => log.error('facts-not-kept', { error }))
  }
  return {
    async begin(folder) {
      known = await readObserved(state, repository)
      from = folder
      if (known.size === 0) return
      await writeRecordedFolder(folder, known)
      // Whoever watched before may have been cut off before he said so.
      await addWork()
    },
    recorded,
    again() {
      if (isBehind) recorded()
    },
    async settle() {
      await last
      from = undefined
    },
    known: () => known,
    hasRecorded: () => hasRecorded,
  }
}
