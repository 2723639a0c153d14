import { Buffer } from 'node:buffer'
import { gitBlobId } from '../../git/git-objects.ts'
import { isFactsPath } from '../../observe/observe.ts'
import type { WorkingRepository } from '../../review/repositories-port.ts'
import type { StateStore } from '../../review/state-store-port.ts'
import type { RepositoryId } from '../../review/types.ts'
import type { FleetSettings } from '../types.ts'
import { factsPrefix } from '../work/state-keys.ts'

export type FactsFiles = ReadonlyMap<string, string>

/** Whether the operator has its clusters watched. */
export function isWatched({ watched }: FleetSettings, repository: RepositoryId): boolean {
  const nameOf = (one: Pick<RepositoryId, 'owner' | 'name'>): string =>
    `${one.owner}/${one.name}`.toLowerCase()
  return watched.some((one) => nameOf(one) === nameOf(repository))
}

/** What was observed last, by path on the rendered branch. */
export async function readObserved(state: StateStore, repository: RepositoryId): Promise<FactsFiles> {
  const prefix = factsPrefix(repository)
  const kept = await state.list(prefix)
  return new Map([...kept].map(([key, text]) => [key.slice(prefix.length), text]))
}

/**
 * Facts that a commit of the rendered branch records. Those that are as they were observed are taken from there: their files
 * would have to be fetched.
 */
export async function readRecorded(
  working: WorkingRepository,
  commit: string,
  observed: FactsFiles,
): Promise<FactsFiles> {
  const { stdout } = await working.git(['ls-tree', '-r', '-z', '--full-tree', commit, '.fleetwright/'])
  const ids = new Map(
    stdout.split('\0').flatMap((entry): [string, string][] => {
      const [, id = '', path = ''] = /^100\d{3} blob ([0-9a-f]+)\t(.*)$/s.exec(entry) ?? []
      return isFactsPath(path) ? [[path, id]] : []
    }),
  )
  const isSame = (path: string, id: string): boolean => {
    const text = observed.get(path)
    return text !== undefined && gitBlobId(text, id.length === 64 ? 'sha256' : 'sha1') === id
  }
  const others = [...ids].filter(([path, id]) => !isSame(path, id))
  const texts = await readBlobs(
    working,
    others.map(([, id]) => id),
  )
  return new Map([...ids].map(([path, id]) => [path, texts.get(id) ?? observed.get(path) ?? '']))
}

async function readBlobs(
  working: WorkingRepository,
  ids: readonly string[],
): Promise<ReadonlyMap<string, string>> {
  if (ids.length === 0) return new Map()
  const { stdout } = await working.git(['cat-file', '--batch'], {
    input: ids.map((id) => `${id}\n`).join(''),
  })
  const bytes = Buffer.from(stdout)
  const texts = new Map<string, string>()
  // `<id> blob <size>`, the content, and an end of line.
  for (let at = 0; at < bytes.length;) {
    const end = bytes.indexOf('\n', at)
    const [id = '', , size = '0'] = bytes.toString('utf8', at, end).split(' ')
    const start = end + 1
    at = start + Number(size) + 1
    texts.set(id, bytes.toString('utf8', start, at - 1))
  }
  return texts
}
