import { posix } from 'node:path'
import { isAlias, isScalar, parseAllDocuments, visit } from 'yaml'
import type { RepositoryPath } from './linked-files.ts'

/** What the walk needs of a listing. */
export interface ClosureFiles {
  readonly paths: readonly RepositoryPath[]
  read(paths: readonly RepositoryPath[]): Promise<ReadonlyMap<RepositoryPath, Uint8Array>>
}

/** Texts longer than this are content, not paths. */
const maxReferenceLength = 1024

/**
 * Every file that the kustomization at `start` can reach inside the listing: whole folders, and from each kustomization in
 * them whatever any of its texts names. More than it needs, never less, and blind to the names of Kustomize's fields, which
 * change; so that a change elsewhere in a large repository does not render everything again.
 */
export async function kustomizationClosure(
  files: ClosureFiles,
  start: RepositoryPath,
  components: readonly string[] = [],
): Promise<ReadonlySet<RepositoryPath>> {
  const all = new Set(files.paths)
  const folders = foldersOf(files.paths)
  const reached = new Set<RepositoryPath>()
  const waiting: RepositoryPath[] = [start, ...components.flatMap((text) => targetsOf(start, text))]
  const scanned = new Set<RepositoryPath>()
  const visited = new Set<RepositoryPath>()
  while (waiting.length > 0) {
    for (const path of waiting.splice(0)) {
      if (visited.has(path)) continue
      visited.add(path)
      if (all.has(path)) reached.add(path)
      else if (folders.has(path)) {
        const prefix = path === '' ? '' : `${path}/`
        for (const each of files.paths) if (each.startsWith(prefix)) reached.add(each)
      }
    }
    const unread = [...reached].filter((path) => isKustomization(path) && !scanned.has(path))
    for (const [path, bytes] of await files.read(unread)) {
      scanned.add(path)
      for (const text of textsOf(bytes)) waiting.push(...targetsOf(folderOf(path), text))
    }
    for (const path of unread) scanned.add(path)
  }
  return reached
}

function isKustomization(path: RepositoryPath): boolean {
  return /(?:^|\/)(?:kustomization\.ya?ml|Kustomization)$/.test(path)
}

/** Every scalar of the file, keys left out; a file that is no YAML gives none, and the engine says what is wrong with it. */
function textsOf(bytes: Uint8Array): Set<string> {
  const texts = new Set<string>()
  const documents = parseAllDocuments(new TextDecoder().decode(bytes), { logLevel: 'silent', strict: false })
  for (const document of documents) {
    visit(document, {
      Node(key, node) {
        if (key === 'key' || isAlias(node) || !isScalar(node) || typeof node.value !== 'string') return
        // Block scalars hold whole patches, or Sveltos' folded lists: each line may be a path.
        for (const line of node.value.split('\n'))
          if (line.length <= maxReferenceLength) texts.add(line.trim())
      },
    })
  }
  return texts
}

/** What a text of a kustomization may name; generators write `key=path`. */
function targetsOf(folder: RepositoryPath, text: string): RepositoryPath[] {
  if (text === '' || text.includes('://') || posix.isAbsolute(text)) return []
  const parts = text.includes('=') ? [text, text.slice(text.indexOf('=') + 1)] : [text]
  return parts.flatMap((part) => {
    const path = posix.normalize(posix.join(folder, part)).replace(/\/$/, '')
    if (path === '.') return ['']
    return path === '..' || path.startsWith('../') ? [] : [path]
  })
}

function foldersOf(paths: readonly RepositoryPath[]): Set<RepositoryPath> {
  const folders = new Set<RepositoryPath>([''])
  for (const path of paths) {
    for (let at = folderOf(path); at !== '' && !folders.has(at); at = folderOf(at)) folders.add(at)
  }
  return folders
}

function folderOf(path: RepositoryPath): RepositoryPath {
  const slash = path.lastIndexOf('/')
  return slash < 0 ? '' : path.slice(0, slash)
}
