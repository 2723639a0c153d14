import { compareText } from '../../kubernetes/text-order.ts'
import { parseImage } from '../dangers/image-reference.ts'
import type { ImageChange, SideUnit } from '../types.ts'

/** Kinds whose fields describe others, or are texts. */
const withoutImages = new Set(['CustomResourceDefinition', 'ConfigMap', 'Secret'])
const containerLists = new Set(['containers', 'initContainers', 'ephemeralContainers'])

/** Clusters share the values of equal objects, and several rules ask for their images. */
const known = new WeakMap<object, readonly string[]>()

/** What the objects of a unit name. */
export function unitImages(unit: SideUnit | undefined): ReadonlySet<string> {
  const objects = unit?.objects.filter(({ kind }) => !withoutImages.has(kind)) ?? []
  return new Set(objects.flatMap(({ value }) => imagesOf(value)))
}

/**
 * Images that an object names: of containers at any depth, and of custom resources whose `image` is a reference with a tag
 * or a digest, or a map of repository and tag.
 */
export function imagesOf(object: unknown): readonly string[] {
  if (typeof object !== 'object' || object === null) return []
  const images = known.get(object) ?? findImages(object)
  known.set(object, images)
  return images
}

function findImages(object: object): readonly string[] {
  const found = new Set<string>()
  const pending: { readonly key: string; readonly value: unknown; readonly isContainer: boolean }[] = [
    { key: '', value: object, isContainer: false },
  ]
  for (let next = pending.pop(); next; next = pending.pop()) {
    const { key, value, isContainer } = next
    if (Array.isArray(value)) {
      const inList = containerLists.has(key)
      for (const item of value) pending.push({ key: '', value: item, isContainer: inList })
    } else if (typeof value === 'object' && value !== null) {
      const whole = isImageKey(key) ? ofMap(value) : undefined
      if (whole !== undefined) found.add(whole)
      for (const [name, inner] of Object.entries(value)) {
        if (name === 'image' && typeof inner === 'string') {
          if (isContainer ? inner !== '' : isPinned(inner)) found.add(inner)
        } else pending.push({ key: name, value: inner, isContainer: false })
      }
    }
  }
  return [...found].sort(compareText)
}

function isImageKey(key: string): boolean {
  return key === 'image' || key.endsWith('Image')
}

/** `{ registry, repository, tag, digest }` as operators and charts write it. */
function ofMap(value: object): string | undefined {
  const { registry, repository, tag, digest } = value as Readonly<Record<string, unknown>>
  const hasVersion = isText(tag) || typeof tag === 'number' || isText(digest)
  if (!isText(repository) || !hasVersion) return undefined
  return [
    ...(isText(registry) ? [`${registry}/`] : []),
    repository,
    ...(isText(tag) || typeof tag === 'number' ? [`:${tag}`] : []),
    ...(isText(digest) ? [`@${digest}`] : []),
  ].join('')
}

function isText(value: unknown): value is string {
  return typeof value === 'string' && value !== ''
}

/** Other things are called images too: a URL of a disk, a name of a machine image. */
const plainReference = /^[\w./:@+-]{1,500}$/

function isPinned(text: string): boolean {
  if (!plainReference.test(text) || text.includes('//')) return false
  const { tag, digest } = parseImage(text)
  return tag !== undefined || digest !== undefined
}

function repositoryOf(image: string): string {
  const { registry, repository } = parseImage(image)
  return `${registry}/${repository}`
}

function lastNameOf(image: string): string {
  const { repository } = parseImage(image)
  return repository.slice(repository.lastIndexOf('/') + 1)
}

/** Images that appear or go: one of a repository for another, else one of a registry for one of the same name elsewhere. */
export function compareImages(
  before: ReadonlySet<string>,
  after: ReadonlySet<string>,
): readonly ImageChange[] {
  let gone = [...before].filter((image) => !after.has(image)).sort(compareText)
  let come = [...after].filter((image) => !before.has(image)).sort(compareText)
  const changes: ImageChange[] = []
  for (const nameOf of [repositoryOf, lastNameOf]) {
    const places = Map.groupBy(come, nameOf)
    gone = gone.filter((image) => {
      const exchanged = places.get(nameOf(image))?.shift()
      if (exchanged !== undefined) changes.push({ before: image, after: exchanged })
      return exchanged === undefined
    })
    come = [...places.values()].flat().sort(compareText)
  }
  return [
    ...changes,
    ...gone.map((image): ImageChange => ({ before: image })),
    ...come.map((image): ImageChange => ({ after: image })),
  ].sort(
    (a, b) =>
      compareText(a.before ?? a.after ?? '', b.before ?? b.after ?? '') ||
      compareText(a.after ?? '', b.after ?? ''),
  )
}
