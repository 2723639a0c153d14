import { mapAt, textAt } from './read-value.ts'

export function annotationOf(value: unknown, name: string): string | undefined {
  return textAt(value, ['metadata', 'annotations', name])
}

/** A hook of Helm: it is made anew each time. */
export function isHook(value: unknown): boolean {
  return annotationOf(value, 'helm.sh/hook') !== undefined
}

/** Those that are texts, as labels have to be. */
export function labelsOf(value: unknown): Readonly<Record<string, string>> {
  const labels = Object.entries(mapAt(value, ['metadata', 'labels']) ?? {})
  return Object.fromEntries(labels.filter((entry): entry is [string, string] => typeof entry[1] === 'string'))
}
