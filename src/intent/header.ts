import type { Json } from '../engine/types.ts'
import type { DocumentPath, SourceDocument } from '../source/types.ts'

/** `config.projectsveltos.io/v1beta1`; empty where it is no text. */
export function apiVersionOf({ value }: SourceDocument): string {
  return textOf(value.apiVersion)
}

export function kindOf({ value }: SourceDocument): string {
  return textOf(value.kind)
}

/** `v1beta1`. */
export function versionOf(document: SourceDocument): string {
  return apiVersionOf(document).split('/').at(-1) ?? ''
}

/** Name and namespace as written, empty where there is none. */
export function metadataOf({ value }: SourceDocument): { readonly name: string; readonly namespace: string } {
  const metadata = value.metadata as { readonly name?: Json; readonly namespace?: Json } | null | undefined
  return { name: textOf(metadata?.name), namespace: textOf(metadata?.namespace) }
}

/** Whether something stands at a path of the document, faulty or not: its absence is then not a second fault. */
export function isWritten({ value }: SourceDocument, path: DocumentPath): boolean {
  let current: unknown = value
  for (const segment of path) {
    if (typeof current !== 'object' || current === null || !Object.hasOwn(current, segment)) return false
    current = (current as Record<string | number, unknown>)[segment]
  }
  return current !== null && current !== ''
}

/** `ClusterProfile monitoring`, `Profile team-a/monitoring`. */
export function formatObject(document: SourceDocument): string {
  const { name, namespace } = metadataOf(document)
  return `${kindOf(document) || 'object'} ${namespace === '' ? '' : `${namespace}/`}${name}`.trim()
}

/** `spec.helmCharts[0].chartName`. */
export function formatPath(path: DocumentPath): string {
  return path
    .map((segment, index) =>
      typeof segment === 'number' ? `[${segment}]` : index === 0 ? segment : `.${segment}`,
    )
    .join('')
}

function textOf(value: Json | undefined): string {
  return typeof value === 'string' ? value : ''
}
