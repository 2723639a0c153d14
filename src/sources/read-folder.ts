import { didYouMean } from '../diagnostics/suggestion-list.ts'
import type { Report } from '../diagnostics/types.ts'
import type { RepositoryReader } from '../source/repository-reader-port.ts'
import { maxFileBytes, maxFiles, maxTreeBytes } from './source-remote-port.ts'
import { escapingLink, fileLeftOut, notFound, unpackFailed, type Subject } from './diagnostics.ts'
import { kustomizationClosure } from './kustomization-closure.ts'
import { followLinks, type RepositoryPath } from './linked-files.ts'
import { SourceFault } from './source-fault.ts'
import { UnpackFault } from './unpack.ts'

export interface Folder {
  /** From the root; `''` for all of it. */
  readonly path: RepositoryPath
  /** Also what the kustomization there reaches; paths are then those of the repository. */
  readonly closure?: { readonly components: readonly string[] }
  /** Flux leaves symbolic links out of its artifacts. Default: followed. */
  readonly links?: 'leave-out'
}

/** The compiled commit as a place that sources are read from; its listing is asked for once. */
export interface CompiledCommit {
  readFolder(folder: Folder, subject: Subject, report: Report): Promise<Map<RepositoryPath, Uint8Array>>
}

/** Reads folders of the compiled commit as a checkout would show them: links inside the repository are followed. */
export function createCompiledCommit(reader: RepositoryReader): CompiledCommit {
  let listing: ReturnType<typeof readListing> | undefined
  return {
    async readFolder({ path, closure, links }, subject, report) {
      listing ??= readListing(reader)
      const { files, refused, sizes } = links === undefined ? await listing : withoutLinks(await listing)
      const folder = path.replace(/^(?:\.?\/)+|\/+$/g, '').replace(/^\.$/, '')
      const prefix = folder === '' ? '' : `${folder}/`
      const wanted =
        closure === undefined
          ? [...files.keys()].filter((seen) => seen.startsWith(prefix))
          : [...(await kustomizationClosure(toClosureFiles(reader, files), folder, closure.components))]
      const escaping = refused.find((link) => link.startsWith(prefix))
      if (escaping !== undefined) throw new SourceFault(escapingLink(subject, escaping))
      if (wanted.length === 0) throw new SourceFault(missingFolder(subject, folder, files.keys()))
      const sizeOf = (seen: RepositoryPath): number => sizes.get(files.get(seen) ?? '') ?? 0
      const listed = keepWithinBounds(wanted, sizeOf, subject, report)
      const contents = await reader.read([...new Set(listed.map((seen) => files.get(seen) ?? seen))])
      const contentOf = (seen: RepositoryPath): Uint8Array =>
        contents.get(files.get(seen) ?? seen) ?? new Uint8Array()
      // A blobless clone knows sizes only once it has the files.
      const kept = keepWithinBounds(listed, (seen) => contentOf(seen).length, subject, report)
      return new Map(
        kept.map((seen) => [closure === undefined ? seen.slice(prefix.length) : seen, contentOf(seen)]),
      )
    },
  }
}

type Listing = Awaited<ReturnType<typeof readListing>>

function withoutLinks({ sizes }: Listing): Listing {
  return { files: new Map([...sizes.keys()].map((path) => [path, path])), refused: [], sizes }
}

async function readListing(reader: RepositoryReader) {
  const entries = await reader.list()
  const linkPaths = entries.filter(({ type }) => type === 'symlink').map(({ path }) => path)
  const targets = linkPaths.length === 0 ? new Map<string, Uint8Array>() : await reader.read(linkPaths)
  const links = new Map(linkPaths.map((path) => [path, new TextDecoder().decode(targets.get(path))]))
  const real = entries.filter(({ type }) => type === 'file')
  const sizes = new Map(real.map(({ path, sizeBytes }) => [path, sizeBytes]))
  return { ...followLinks(sizes.keys(), links), sizes }
}

function toClosureFiles(reader: RepositoryReader, files: ReadonlyMap<RepositoryPath, RepositoryPath>) {
  return {
    paths: [...files.keys()],
    async read(paths: readonly RepositoryPath[]) {
      const contents = await reader.read([...new Set(paths.map((path) => files.get(path) ?? path))])
      return new Map(paths.map((path) => [path, contents.get(files.get(path) ?? path) ?? new Uint8Array()]))
    },
  }
}

function keepWithinBounds(
  paths: readonly RepositoryPath[],
  sizeOf: (path: RepositoryPath) => number,
  subject: Subject,
  report: Report,
): RepositoryPath[] {
  let total = 0
  const kept = paths.filter((path) => {
    const sizeBytes = sizeOf(path)
    if (sizeBytes <= maxFileBytes) {
      total += sizeBytes
      return true
    }
    report(fileLeftOut(subject, path))
    return false
  })
  const fault =
    kept.length > maxFiles
      ? `it has more than ${maxFiles} files`
      : total > maxTreeBytes
        ? `its files have more than ${maxTreeBytes / 1024 / 1024} MiB`
        : undefined
  if (fault !== undefined) throw new SourceFault(unpackFailed(subject, new UnpackFault('unsafe', fault)))
  return kept
}

function missingFolder(subject: Subject, folder: RepositoryPath, paths: Iterable<RepositoryPath>) {
  const folders = new Set<string>()
  for (const path of paths) {
    for (let at = path.lastIndexOf('/'); at > 0; at = path.lastIndexOf('/', at - 1))
      folders.add(path.slice(0, at))
  }
  return notFound(
    subject,
    `the repository has no folder \`${folder}\`${folder.startsWith('..') ? ', and nothing outside of it is read' : ''}`,
    didYouMean(folder, folders),
  )
}
