import { exchangedImages } from '../image-changes.ts'
import { parseImage } from '../image-reference.ts'
import type { Rule } from '../rule.ts'
import { listed, nameOf } from '../wording.ts'

/** "image tag to `latest` or to another registry" is among the dangers: who runs the registry decides what runs. */
export const imageRegistry: Rule = {
  name: 'image-registry',
  severity: 'high',
  what: 'An image comes from another registry.',
  why: 'Whoever runs the registry decides what the image is. A lost prefix in values makes the runtime look in Docker Hub, where anybody may take the name.',
  example: '- image: registry.example.com/shop/checkout:4.12.0\n+ image: shop/checkout:4.12.0',
  fix: 'If the move is meant, pin the image by digest (`@sha256:…`): then it is the same wherever it comes from.',
  looksAt: 'unit',
  *find({ objects }) {
    const moved = objects.flatMap(exchangedImages).flatMap(({ before, after, object, path }) => {
      if (before === undefined) return []
      const [old, now] = [parseImage(before), parseImage(after)]
      // The same digest is the same image.
      const isSame = old.registry === now.registry || (old.digest !== undefined && old.digest === now.digest)
      return isSame ? [] : [{ from: old.registry, to: now.registry, image: after, object, path }]
    })
    for (const group of Map.groupBy(moved, ({ from, to }) => `${from} ${to}`).values()) {
      const [first] = group
      if (!first) continue
      const images = [...new Set(group.map(({ image }) => image))].sort()
      const owners = new Set(group.map(({ object }) => nameOf(object)))
      const more = owners.size > 1 ? ` and ${owners.size - 1} more` : ''
      const message = `${nameOf(first.object)}${more} takes ${listed(images)} from ${first.to} instead of ${first.from}`
      yield { message, object: first.object, ...(first.path && { path: first.path }) }
    }
  },
}
