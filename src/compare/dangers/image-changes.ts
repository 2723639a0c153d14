import { compareImages, imagesOf } from '../units/images.ts'
import type { FieldPath, ObjectPlace } from '../types.ts'
import { containersOf, podTemplateOf, type Container } from './pods.ts'
import { textAt } from './read-value.ts'
import { rememberPairs } from './remember-pairs.ts'
import type { ObjectInReview } from './rule.ts'

/** An image that an object has anew, and what it had in its place. */
export interface ImageExchange {
  readonly before?: string
  readonly after: string
  readonly object: ObjectPlace
  /** Absent for images of custom resources. */
  readonly path?: FieldPath
}

const withoutImages = new Set(['CustomResourceDefinition', 'ConfigMap', 'Secret'])

/** Images of containers by the container's name, then those of custom resources by the name of the image. */
export function exchangedImages({ change, before, after }: ObjectInReview): readonly ImageExchange[] {
  const object = change.after
  if (object === undefined || after === undefined || withoutImages.has(object.kind)) return []
  return exchanges(before?.value, after.value).map((exchange) => ({ ...exchange, object }))
}

type Exchange = Omit<ImageExchange, 'object'>

const exchanges = rememberPairs((before, after): readonly Exchange[] => {
  const old = new Map(containersIn(before).map((container) => [container.name, imageOf(container)]))
  const containers = containersIn(after).flatMap((container): Exchange[] => {
    const [was, is] = [old.get(container.name), imageOf(container)]
    if (is === undefined || was === is) return []
    return [{ ...(was !== undefined && { before: was }), after: is, path: [...container.path, 'image'] }]
  })
  return [...containers, ...otherImages(before, after)]
})

function otherImages(before: unknown, after: unknown): readonly Exchange[] {
  const others = (value: unknown): ReadonlySet<string> => {
    const known = new Set(containersIn(value).map(imageOf))
    return new Set(imagesOf(value).filter((image) => !known.has(image)))
  }
  return compareImages(others(before), others(after)).flatMap(({ before: was, after: is }) =>
    is === undefined ? [] : [{ ...(was !== undefined && { before: was }), after: is }],
  )
}

function containersIn(value: unknown): readonly Container[] {
  const template = podTemplateOf(value)
  return template ? containersOf(template) : []
}

function imageOf({ value }: Container): string | undefined {
  return textAt(value, ['image'])
}
