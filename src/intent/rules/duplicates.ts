import type { Report } from '../../diagnostics/types.ts'
import type { SourceDocument } from '../../source/types.ts'
import { duplicateDefinition, duplicateObject } from '../fleet-diagnostics.ts'

/**
 * Of intent objects with one identity the first in order of files counts; every other one is an error, or a warning where it
 * says the same.
 */
export function keepFirst(
  documents: readonly SourceDocument[],
  keyOf: (document: SourceDocument) => string,
  report: Report,
): SourceDocument[] {
  const firstOf = new Map<string, SourceDocument>()
  for (const document of documents) {
    const key = keyOf(document)
    const first = firstOf.get(key)
    if (first === undefined) firstOf.set(key, document)
    else report(duplicateDefinition(document, first))
  }
  return [...firstOf.values()]
}

/** Other objects may well be there twice, in folders for different clusters; it only matters where a profile refers to one. */
export function checkDuplicateObjects(
  duplicates: readonly {
    readonly key: string
    readonly document: SourceDocument
    readonly first: SourceDocument
  }[],
  referenced: ReadonlySet<string>,
  report: Report,
): void {
  for (const { key, document, first } of duplicates) {
    if (document.inKustomization === true || first.json === document.json) continue
    if (referenced.has(key)) report(duplicateObject(document, first))
  }
}
