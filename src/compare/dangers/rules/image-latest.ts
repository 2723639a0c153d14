import { exchangedImages } from '../image-changes.ts'
import { parseImage } from '../image-reference.ts'
import type { Rule } from '../rule.ts'
import { nameOf } from '../wording.ts'

/** "You should avoid using the `:latest` tag when deploying containers in production as it is harder to track which version of the image is running and more difficult to roll back properly" (Kubernetes, Images). */
export const imageLatest: Rule = {
  name: 'image-latest',
  severity: 'medium',
  what: 'An image has the tag `latest`, or none, which means the same.',
  why: 'What runs is whatever the registry had when the pod started: each node may have another one, nothing in Git changes when it does, and there is no way back.',
  example:
    '- image: registry.example.com/shop/checkout:4.12.0\n+ image: registry.example.com/shop/checkout:latest',
  fix: 'Name a version, or pin the digest (`@sha256:…`).',
  looksAt: 'object',
  *find(object) {
    if (object.isKnown || object.change.delivery === true) return
    for (const { before, after, object: place, path } of exchangedImages(object)) {
      if (!isFloating(after) || (before !== undefined && isFloating(before))) continue
      const instead = before === undefined ? '' : ` instead of ${before}`
      const message = `${nameOf(place)} runs ${after}${instead}: whatever the registry has at the moment`
      yield { message, ...(path && { path }) }
    }
  },
}

function isFloating(image: string): boolean {
  const { tag = 'latest', digest } = parseImage(image)
  return digest === undefined && tag === 'latest'
}
