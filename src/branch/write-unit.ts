import { objectIdentity } from './object-file-names.ts'
import { partFolder, unitIndexPath } from './paths.ts'
import { formatUnitIndex } from './records.ts'
import type { ObjectNamer, Slots } from './slots.ts'
import type {
  IndexRow,
  PreviousTree,
  RecordedUnit,
  TreeObject,
  UnitContent,
  UnitIndex,
  UnitSettings,
} from './types.ts'

export interface Completion {
  readonly previous: PreviousTree
  readonly slots: Slots
  readonly namer: ObjectNamer
  /** Time for inputs that appear with this tree. */
  readonly since: string
}

export interface UnitToWrite {
  readonly name: string
  readonly settings: UnitSettings
  readonly content: UnitContent
  readonly kinds?: readonly string[]
}

/** Puts a unit's folders and index among the slots; gives what is recorded of it. */
export function writeUnit(
  cluster: string,
  { name, settings, content, kinds }: UnitToWrite,
  { previous, slots, namer, since }: Completion,
): { readonly record: RecordedUnit; readonly index: UnitIndex } {
  const { record, parts, ownNamespaces, ...facts } = content
  const folderOf = (part: string): string => partFolder(cluster, { name, local: settings.local }, part)
  for (const part of parts) slots.folders.set(folderOf(part.name), namer.folder(part))
  const index = unitIndex(content, {
    parts: parts.map((part) => ({ folder: folderOf(part.name), objects: part.objects })),
    namespaces: namespacesFolder(cluster, settings.local),
  })
  const text = formatUnitIndex(index)
  const id = namer.blob(text)
  slots.files.set(unitIndexPath(cluster, name), { id, text })
  const before = previous.clusters.get(cluster)?.units[name]
  return {
    index,
    record: {
      ...settings,
      ...facts,
      ...(record.chart && { chart: record.chart }),
      ...(record.impure && { impure: record.impure }),
      ...(record.looked && { looked: record.looked }),
      ...(record.blocked && { blocked: record.blocked }),
      ...kindsOf(kinds),
      since: before?.inputs === settings.inputs ? before.since : since,
      parts: parts.map((part) => ({
        name: part.name,
        tree: namer.folder(part).id,
        objects: part.objects.length,
      })),
      ownNamespaces: Object.fromEntries(
        ownNamespaces.map((object) => [object.name, namer.blob(object.text, object.digest)]),
      ),
      index: id,
    },
  }
}

export function kindsOf(kinds: readonly string[] = []): Pick<RecordedUnit, 'kinds'> {
  return kinds.length === 0 ? {} : { kinds }
}

/** Leaves a unit's folders and index as they are on the branch. */
export function keepUnit(cluster: string, name: string, record: RecordedUnit, slots: Slots): void {
  for (const part of record.parts) {
    slots.folders.set(partFolder(cluster, { name, local: record.local }, part.name), { id: part.tree })
  }
  slots.files.set(unitIndexPath(cluster, name), { id: record.index })
}

/** Units that hold the namespaces of a cluster. No planned unit is called so. */
export const namespacesUnits = [
  { name: 'namespaces', local: false },
  { name: 'namespaces-local', local: true },
] as const

function namespacesFolder(cluster: string, local: boolean): string {
  return partFolder(cluster, { name: local ? 'namespaces-local' : 'namespaces', local }, 'main')
}

interface Placed {
  readonly parts: readonly { readonly folder: string; readonly objects: readonly TreeObject[] }[]
  readonly namespaces: string
}

function unitIndex({ record, ownNamespaces }: UnitContent, placed: Placed): UnitIndex {
  const written = new Map<string, { path: string; object: TreeObject }>()
  const place = (folder: string, object: TreeObject): void => {
    written.set(objectIdentity(object), { path: `${folder}/${object.file}`, object })
  }
  for (const { folder, objects } of placed.parts) objects.forEach((object) => place(folder, object))
  for (const object of ownNamespaces) place(placed.namespaces, object)
  const { objects, ...rest } = record
  return {
    ...rest,
    namespaces: Object.fromEntries(ownNamespaces.map(({ name, text }) => [name, text])),
    objects: objects.map(({ apiVersion, kind, namespace, name }): IndexRow => {
      const found = written.get(
        objectIdentity({ apiVersion, kind, name, ...(namespace !== undefined && { namespace }) }),
      )
      return {
        ...(found && { path: found.path }),
        apiVersion,
        kind,
        ...(namespace !== undefined && { namespace }),
        name,
        ...(found?.object.source !== undefined && { source: found.object.source }),
        ...(found?.object.hook && { hook: found.object.hook }),
      }
    }),
  }
}
