import type { RepositoryReader } from './repository-reader-port.ts'

/**
 * The same state of the repository, but for some files that are read as earlier commits had them; a file that its commit
 * lacks is not there.
 */
export async function withFormerFiles(
  reader: RepositoryReader,
  former: ReadonlyMap<string, { readonly commit: string; readonly reader: RepositoryReader }>,
): Promise<RepositoryReader> {
  const current = await reader.list()
  const replaced = await Promise.all(
    [...former].map(async ([path, { reader: from }]) =>
      (await from.list()).filter((entry) => entry.path === path && entry.type === 'file'),
    ),
  )
  const entries = [...current.filter(({ path }) => !former.has(path)), ...replaced.flat()].sort((a, b) =>
    a.path < b.path ? -1 : 1,
  )
  const commits = [...former].map(([path, { commit }]) => [path, commit] as const)
  return {
    revision: {
      ...reader.revision,
      former: Object.fromEntries(commits.sort(([a], [b]) => (a < b ? -1 : 1))),
    },
    list: () => Promise.resolve(entries),
    async read(paths) {
      const own = await reader.read(paths.filter((path) => !former.has(path)))
      const others = await Promise.all(paths.flatMap((path) => former.get(path)?.reader.read([path]) ?? []))
      return new Map([...own, ...others.flatMap((files) => [...files])])
    },
  }
}
