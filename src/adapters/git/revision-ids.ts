import type { RevisionIds } from '../../live/revision-ids-port.ts'
import type { GitRepository } from './git-repository.ts'

export function createRevisionIds({ objects }: GitRepository): RevisionIds {
  return {
    async idsAt(commit, paths) {
      // What a cluster says of itself is no name of a revision.
      if (!/^[0-9a-f]{40}(?:[0-9a-f]{24})?$/.test(commit)) return undefined
      const names = [`${commit}^{commit}`, ...paths.map((path) => `${commit}:${path}`)]
      const [found, ...ids] = await objects.read(names, 'look at what was delivered')
      if (found === undefined) return undefined
      return new Map(
        paths.flatMap((path, index): [string, string][] => {
          const id = ids[index]?.id
          return id === undefined ? [] : [[path, id]]
        }),
      )
    },
  }
}
