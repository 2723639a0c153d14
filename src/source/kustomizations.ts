import { posix } from 'node:path'
import type { Json, JsonObject } from '../engine/types.ts'

/** What the kustomizations of a repository make of its other files. */
export interface KustomizationUse {
  /** Folders that a profile deploys as a kustomization, with all that these build on: their files are content, not intent. */
  readonly isDeployed: (path: string) => boolean
  /** Files that patch other objects and are no objects themselves. */
  readonly patches: ReadonlySet<string>
  /** Whether the file's folder has a kustomization. */
  readonly isInKustomization: (path: string) => boolean
}

/** A document that may refer to kustomizations, with the folder of its file. */
interface Referrer {
  readonly path: string
  readonly value: JsonObject
}

export function isKustomizationPath(path: string): boolean {
  return /(?:^|\/)(?:kustomization\.ya?ml|Kustomization)$/.test(path)
}

/**
 * Follows the kustomizationRefs of profiles to folders of this repository, and from there the kustomizations' own references.
 * A folder that holds the profile itself is not taken for content: it would make the profile vanish.
 */
export function followKustomizations(
  kustomizations: ReadonlyMap<string, JsonObject>,
  documents: Iterable<Referrer>,
): KustomizationUse {
  const folders = new Map([...kustomizations].map(([path, value]) => [folderOf(path), value]))
  const patches = new Set([...kustomizations].flatMap(([path, value]) => patchPaths(folderOf(path), value)))
  const deployed = new Set<string>()
  const referrers: string[] = []
  const waiting: string[] = []
  for (const { path, value } of documents) {
    const references = kustomizationPaths(value).flatMap((reference) => cleanFolder(reference) ?? [])
    if (references.length > 0) referrers.push(path)
    waiting.push(...references.filter((folder) => folders.has(folder)))
  }
  for (let folder = waiting.pop(); folder !== undefined; folder = waiting.pop()) {
    const base = folder
    if (deployed.has(folder) || referrers.some((path) => isBelow(path, base))) continue
    deployed.add(folder)
    waiting.push(...referencedFolders(folder, folders.get(folder) ?? {}).filter((base) => folders.has(base)))
  }
  return {
    isDeployed: (path) => ancestors(path).some((folder) => deployed.has(folder)),
    patches,
    isInKustomization: (path) => ancestors(path).some((folder) => folders.has(folder)),
  }
}

/** `spec.kustomizationRefs[].path` of profiles and triggers, and those of a promotion's profileSpec; templates are unknown here. */
function kustomizationPaths(value: JsonObject): string[] {
  const spec = asObject(value.spec)
  return [spec, asObject(spec.profileSpec)].flatMap((holder) =>
    asList(holder.kustomizationRefs).flatMap((reference) => {
      const path = asObject(reference).path
      return typeof path === 'string' && !path.includes('{{') ? [path] : []
    }),
  )
}

function referencedFolders(folder: string, kustomization: JsonObject): string[] {
  return ['resources', 'bases', 'components', 'crds'].flatMap((field) =>
    asList(kustomization[field]).flatMap((entry) => {
      const target = typeof entry === 'string' ? cleanFolder(posix.join(folder, entry)) : undefined
      return target === undefined ? [] : [target]
    }),
  )
}

function patchPaths(folder: string, kustomization: JsonObject): string[] {
  const entries = [
    ...asList(kustomization.patches).map((patch) => asObject(patch).path),
    ...asList(kustomization.patchesJson6902).map((patch) => asObject(patch).path),
    ...asList(kustomization.patchesStrategicMerge),
  ]
  return entries.flatMap((entry) => (typeof entry === 'string' ? [posix.join(folder, entry)] : []))
}

/** Folder relative to the root, `''` for the root itself; undefined outside the repository. */
function cleanFolder(path: string): string | undefined {
  const clean = posix.normalize(path.replace(/^\/+/, '')).replace(/\/$/, '')
  if (clean === '.' || clean === '') return ''
  return clean === '..' || clean.startsWith('../') ? undefined : clean
}

function folderOf(path: string): string {
  return cleanFolder(posix.dirname(path)) ?? ''
}

function isBelow(path: string, folder: string): boolean {
  return folder === '' || path.startsWith(`${folder}/`)
}

/** Every folder that holds the path, nearest first, `''` last. */
function ancestors(path: string): string[] {
  const folders: string[] = []
  for (let end = path.lastIndexOf('/'); end > 0; end = path.lastIndexOf('/', end - 1))
    folders.push(path.slice(0, end))
  return [...folders, '']
}

function asObject(value: Json | undefined): JsonObject {
  return typeof value === 'object' && value !== null && !Array.isArray(value) ? (value as JsonObject) : {}
}

function asList(value: Json | undefined): readonly Json[] {
  return Array.isArray(value) ? (value as readonly Json[]) : []
}
