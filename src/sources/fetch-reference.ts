import { Buffer } from 'node:buffer'
import { toFileTree } from '../engine/engine.ts'
import type { FileTree } from '../engine/types.ts'
import type { SourceReference } from '../resolve/types.ts'
import { unpackFailed } from './diagnostics.ts'
import type { Fetching } from './fetching.ts'
import { fetchRemote } from './fetch-remote.ts'
import { createFluxFilter, ignoreFileName } from './flux-ignore.ts'
import { kustomizationClosure } from './kustomization-closure.ts'
import type { RepositoryPath } from './linked-files.ts'
import type { CompiledCommit } from './read-folder.ts'
import { SourceFault } from './source-fault.ts'
import type { RemoteReference } from './source-remote-port.ts'
import type { Pin } from './types.ts'
import { unpack, UnpackFault, type Unpacking } from './unpack.ts'
import { tryNormaliseGitUrl } from './url-redaction.ts'

export interface FetchedTree {
  readonly revision: string
  readonly tree: FileTree
  /** Absent for what the compiled commit itself holds. */
  readonly pin?: Pin
}

type Files = ReadonlyMap<RepositoryPath, Uint8Array>

/** One reference of a plan → its files. Throws SourceFault. */
export async function fetchReference(
  reference: SourceReference,
  commit: CompiledCommit,
  fetching: Fetching,
): Promise<FetchedTree> {
  const revision = fetching.ports.repository.revision.commit ?? 'worktree'
  switch (reference.type) {
    case 'repository': {
      const { path, closure, components = [] } = reference
      const folder = closure === undefined ? { path } : { path, closure: { components } }
      const files = await commit.readFolder(folder, reference, fetching.report)
      return { revision, tree: toFileTree(files) }
    }
    case 'archive': {
      const bytes = Buffer.from(reference.base64, 'base64')
      const files = await unpackOrFault(reference, bytes, { form: 'tree', links: 'refuse' })
      const tree = toFileTree(files)
      return { revision: `sha256:${tree.digest}`, tree }
    }
    case 'git': {
      if (!isCompiledCommit(reference, fetching)) return fetchTree(reference, fetching)
      const files = await commit.readFolder({ path: '', links: 'leave-out' }, reference, fetching.report)
      return { revision, tree: toFileTree(filterAsFlux(files, reference.ignore)) }
    }
    case 'helm-http':
    case 'helm-oci':
    case 'oci':
    case 'bucket':
    case 'remote':
      return fetchTree(reference, fetching)
  }
}

/** A remote base of a kustomization: a whole Git repository with its links, cut down to what the base reaches, or one file. */
export async function fetchRemoteBase(
  reference: RemoteReference,
  path: RepositoryPath,
  fetching: Fetching,
): Promise<FetchedTree> {
  const { bytes, pin } = await fetchRemote(reference, 'follow', fetching)
  const files = await unpackOrFault(reference, bytes, unpackingOf(reference))
  if (reference.type !== 'git') return { revision: revisionOf(pin), tree: toFileTree(files), pin }
  const reached = await kustomizationClosure(
    {
      paths: [...files.keys()],
      read: (paths) =>
        Promise.resolve(new Map(paths.map((each) => [each, files.get(each) ?? new Uint8Array()]))),
    },
    path,
  )
  const kept = new Map([...files].filter(([each]) => reached.has(each)))
  return { revision: revisionOf(pin), tree: toFileTree(kept), pin }
}

async function fetchTree(reference: RemoteReference, fetching: Fetching): Promise<FetchedTree> {
  const { bytes, pin } = await fetchRemote(reference, 'leave-out', fetching)
  const files = await unpackOrFault(reference, bytes, unpackingOf(reference))
  const filtered =
    reference.type === 'git' || reference.type === 'bucket'
      ? filterAsFlux(files, reference.ignore)
      : reference.type === 'oci' && reference.layer?.operation !== 'copy'
        ? filterAsFlux(files, reference.ignore)
        : files
  return { revision: revisionOf(pin), tree: toFileTree(filtered), pin }
}

function unpackingOf(reference: RemoteReference): Unpacking {
  switch (reference.type) {
    case 'helm-http':
    case 'helm-oci':
      return { form: 'chart', links: 'refuse' }
    case 'oci':
      return { form: 'tree', links: 'leave-out' }
    case 'git':
    case 'bucket':
      return { form: 'tree', links: 'refuse' }
    case 'remote':
      return { form: 'any', links: 'refuse', plainName: plainNameOf(reference.url) }
  }
}

/** A plain manifest keeps its name where that says YAML or JSON; readers go by the ending. */
function plainNameOf(url: string): string {
  const name = URL.canParse(url) ? new URL(url).pathname.split('/').pop() : undefined
  const clean = name?.replace(/\.gz$/, '') ?? ''
  return /^[\w.-]+\.(?:ya?ml|json)$/i.test(clean) ? clean : 'content.yaml'
}

function filterAsFlux(files: Files, ignore: string | undefined): Files {
  const ignoreFiles = new Map<RepositoryPath, string>()
  for (const [path, bytes] of files) {
    if (path === ignoreFileName || path.endsWith(`/${ignoreFileName}`)) {
      ignoreFiles.set(path, new TextDecoder().decode(bytes))
    }
  }
  const stays = createFluxFilter(ignoreFiles, ignore)
  return new Map([...files].filter(([path]) => stays(path)))
}

/** A tag, commit or range of this repository means another state of it than the one being compiled. */
function isCompiledCommit(reference: SourceReference & { type: 'git' }, { options }: Fetching): boolean {
  const { commit, tag, semver, name } = reference.ref
  if (commit !== undefined || tag !== undefined || semver !== undefined) return false
  if (name !== undefined && !name.startsWith('refs/heads/')) return false
  const url = tryNormaliseGitUrl(reference.url)
  return url !== undefined && (options.ownUrls ?? []).some((own) => tryNormaliseGitUrl(own) === url)
}

async function unpackOrFault(
  reference: SourceReference,
  bytes: Uint8Array,
  unpacking: Unpacking,
): Promise<Files> {
  try {
    return await unpack(bytes, unpacking)
  } catch (error) {
    if (error instanceof UnpackFault) throw new SourceFault(unpackFailed(reference, error))
    throw error
  }
}

/** What a person reads in provenance: a commit or manifest digest where there is one, else the version, else the digest. */
function revisionOf({ version, revision, digest }: Pin): string {
  return revision ?? (version === '' ? digest : version)
}
