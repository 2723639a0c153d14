import type { ChartIdentity } from '../../../render/types.ts'
import { exchangedImages, type ImageExchange } from '../image-changes.ts'
import { parseImage } from '../image-reference.ts'
import { isOlder } from '../older-version.ts'
import type { FoundDanger, Rule, UnitInReview } from '../rule.ts'
import { nameOf } from '../wording.ts'

/** "Dangers first: […] version downgrades" (design 8). Of a chart that goes back, its images are not told one by one. */
export const versionDowngrade: Rule = {
  name: 'version-downgrade',
  severity: 'high',
  what: 'A chart or an image goes back to an older version.',
  why: 'What the newer version wrote, in databases, custom resources or on disk, the older one may not read. Helm and most charts support upgrades alone. Often it is an old branch that was merged.',
  example: '  chartName: prometheus\n- chartVersion: 25.30.1\n+ chartVersion: 25.24.0',
  fix: 'Read the release notes in between for migrations. After a failed upgrade, prefer the next fixed version.',
  looksAt: 'unit',
  *find(unit) {
    const { before, after, unit: name } = unit.change
    const back = before?.chart && after?.chart ? olderChart(before.chart, after.chart) : undefined
    if (back !== undefined) yield { message: `${name} goes back to ${back}` }
    else yield* olderImages(unit)
  },
}

function olderChart(before: ChartIdentity, after: ChartIdentity): string | undefined {
  if (before.name !== after.name) return undefined
  if (isOlder(before.version, after.version))
    return `chart ${after.name} ${after.version} from ${before.version}`
  const [old, now] = [before.appVersion, after.appVersion]
  if (old === undefined || now === undefined || !isOlder(old, now)) return undefined
  return `app version ${now} from ${old}, with chart ${after.name} ${after.version}`
}

/** One for each image, however many objects have it. */
function* olderImages({ objects }: UnitInReview): Generator<FoundDanger> {
  const groups = Map.groupBy(
    objects.flatMap(exchangedImages).filter(isOlderImage),
    ({ before, after }) => `${before ?? ''} ${after}`,
  )
  for (const [first, ...others] of groups.values()) {
    if (!first) continue
    const more = new Set(others.map(({ object }) => nameOf(object)))
    more.delete(nameOf(first.object))
    const where = `${nameOf(first.object)}${more.size > 0 ? ` and ${more.size} more` : ''}`
    yield {
      message: `${where} goes back to image ${first.after} from ${first.before ?? ''}`,
      object: first.object,
      ...(first.path && { path: first.path }),
    }
  }
}

/** Of one name: a container that runs something else now has no older version. */
function isOlderImage({ before, after }: ImageExchange): boolean {
  if (before === undefined) return false
  const [old, now] = [parseImage(before), parseImage(after)]
  const lastName = ({ repository }: { readonly repository: string }): string | undefined =>
    repository.split('/').at(-1)
  return (
    lastName(old) === lastName(now) &&
    old.tag !== undefined &&
    now.tag !== undefined &&
    isOlder(old.tag, now.tag)
  )
}
