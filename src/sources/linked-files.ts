import { posix } from 'node:path'
import { maxLinkHops } from './bounds.ts'
import { maxFiles } from './source-remote-port.ts'

/** From the root, with `/`. */
export type RepositoryPath = string

/** A listing in which symbolic links are followed, as a checkout would show it. */
export interface LinkedFiles {
  /** Path as seen → path of the real file. */
  readonly files: ReadonlyMap<RepositoryPath, RepositoryPath>
  /** Links that lead out of the root, or to themselves. */
  readonly refused: readonly RepositoryPath[]
}

type Real =
  | { readonly type: 'file' | 'folder'; readonly path: RepositoryPath }
  | { readonly type: 'missing' | 'refused' }

/**
 * Follows the links of a listing inside of its root. Dangling links are left out: whoever needs the file says so.
 * @param links targets by path of the link
 */
export function followLinks(
  paths: Iterable<RepositoryPath>,
  links: ReadonlyMap<RepositoryPath, string>,
): LinkedFiles {
  const real = new Set(paths)
  if (links.size === 0) return { files: new Map([...real].map((path) => [path, path])), refused: [] }
  const children = childrenOf([...real, ...links.keys()])
  const files = new Map<RepositoryPath, RepositoryPath>()
  const refused: RepositoryPath[] = []
  const resolve = (path: RepositoryPath): Real => realPath(path, { real, links, children })
  const walk = (seen: RepositoryPath, folder: RepositoryPath, open: readonly RepositoryPath[]): void => {
    for (const name of children.get(folder) ?? []) {
      // A link to a folder of links multiplies: the bound of a source ends it.
      if (files.size > maxFiles) return
      const path = join(seen, name)
      const target = resolve(join(folder, name))
      if (target.type === 'file') files.set(path, target.path)
      else if (target.type === 'refused') refused.push(path)
      else if (target.type === 'folder') {
        if (open.includes(target.path)) refused.push(path)
        else walk(path, target.path, [...open, target.path])
      }
    }
  }
  walk('', '', [''])
  return { files, refused }
}

interface Listing {
  readonly real: ReadonlySet<RepositoryPath>
  readonly links: ReadonlyMap<RepositoryPath, string>
  readonly children: ReadonlyMap<RepositoryPath, ReadonlySet<string>>
}

function realPath(path: RepositoryPath, { real, links, children }: Listing): Real {
  let waiting = path.split('/')
  let at = ''
  let hops = 0
  while (waiting.length > 0) {
    const [name = '', ...rest] = waiting
    waiting = rest
    if (name === '' || name === '.') continue
    if (name === '..') {
      if (at === '') return { type: 'refused' }
      at = parentOf(at)
      continue
    }
    const next = join(at, name)
    const target = links.get(next)
    if (target === undefined) {
      at = next
      continue
    }
    if (posix.isAbsolute(target) || ++hops > maxLinkHops) return { type: 'refused' }
    waiting = [...target.split('/'), ...waiting]
  }
  if (real.has(at)) return { type: 'file', path: at }
  return children.has(at) ? { type: 'folder', path: at } : { type: 'missing' }
}

function childrenOf(paths: Iterable<RepositoryPath>): Map<RepositoryPath, Set<string>> {
  const children = new Map<RepositoryPath, Set<string>>([['', new Set()]])
  for (const path of paths) {
    for (let at = path; at !== ''; at = parentOf(at)) {
      const parent = parentOf(at)
      const known = children.get(parent)
      const name = parent === '' ? at : at.slice(parent.length + 1)
      if (known?.has(name)) break
      if (known === undefined) children.set(parent, new Set([name]))
      else known.add(name)
    }
  }
  return children
}

function join(folder: RepositoryPath, name: string): RepositoryPath {
  return folder === '' ? name : `${folder}/${name}`
}

function parentOf(path: RepositoryPath): RepositoryPath {
  const slash = path.lastIndexOf('/')
  return slash < 0 ? '' : path.slice(0, slash)
}
