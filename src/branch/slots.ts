import { gitBlobId, gitFolderId, type ObjectFormat } from '../git/git-objects.ts'
import type { TreePart } from './types.ts'

/**
 * What the branch is to hold, as the smallest pieces that are written or left alone: single files, and folders of a
 * unit's part. A piece whose id is the branch's own costs nothing.
 */
export interface Slots {
  /** By path: blob id, and the text where it was made in this run. */
  readonly files: Map<string, { readonly id: string; readonly text?: string }>
  /** By path: tree id, and the files where they were made in this run. */
  readonly folders: Map<string, { readonly id: string; readonly files?: readonly FolderFile[] }>
}

export interface FolderFile {
  readonly name: string
  readonly id: string
  readonly text: string
}

/** Gives texts and folders their Git ids, hashing each distinct one once. */
export interface ObjectNamer {
  readonly format: ObjectFormat
  blob(text: string, digest?: string): string
  folder(part: TreePart): { readonly id: string; readonly files: readonly FolderFile[] }
}

export function createObjectNamer(format: ObjectFormat): ObjectNamer {
  const blobs = new Map<string, string>()
  const folders = new WeakMap<TreePart, { id: string; files: FolderFile[] }>()
  const blob = (text: string, digest?: string): string => {
    const known = digest === undefined ? undefined : blobs.get(digest)
    const id = known ?? gitBlobId(text, format)
    if (digest !== undefined) blobs.set(digest, id)
    return id
  }
  return {
    format,
    blob,
    folder(part) {
      let folder = folders.get(part)
      if (!folder) {
        const files = part.objects.map(({ file, text, digest }) => ({
          name: file,
          id: blob(text, digest),
          text,
        }))
        folder = {
          id: gitFolderId(
            files.map(({ name, id }) => [name, id] as const),
            format,
          ),
          files,
        }
        folders.set(part, folder)
      }
      return folder
    },
  }
}
