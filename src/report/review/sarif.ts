import { createHash } from 'node:crypto'
import { dangerTexts } from '../../compare/compare.ts'
import type { Danger, DangerRule, ObjectPlace } from '../../compare/types.ts'
import type { CatalogueEntry } from '../../diagnostics/catalogue-entry.ts'
import { catalogue } from '../../diagnostics/catalogue.ts'
import { canonicalJson } from '../../kubernetes/exact-json.ts'
import { compareText } from '../../kubernetes/text-order.ts'
import { formatNames } from '../names.ts'
import type { Review } from '../types.ts'
import { countOf } from './counts.ts'
import { listDangers, type ListedDanger } from './danger-list.ts'
import { listFaults, type ListedFault } from './fault-list.ts'
import { firstChange, linesOfDanger, linesOfFault, type Lines } from './head-lines.ts'
import { objectTitle } from './object-view.ts'
import { visibleText } from './visible-text.ts'

type Level = 'error' | 'warning' | 'note'

interface Result {
  readonly ruleId: string
  readonly level: Level
  readonly message: string
  readonly clusters: readonly string[]
  readonly lines: Lines | undefined
  readonly object?: ObjectPlace
  /** What stays equal when lines move. */
  readonly identity: readonly unknown[]
}

/**
 * Dangers and new faults of a review as SARIF 2.1.0, with the help of each rule. What has no place in a file stands at the
 * first line that the change touches, since GitHub drops what stands nowhere. Pure.
 */
export function toSarif(review: Review) {
  const results = [
    ...listDangers(review).map((danger) => dangerResult(danger, review)),
    ...listFaults(review.diagnostics.added).map((fault) => faultResult(fault, review)),
  ]
  const ids = [...new Set(results.map(({ ruleId }) => ruleId))].sort(compareText)
  return {
    $schema: 'https://json.schemastore.org/sarif-2.1.0.json',
    version: '2.1.0',
    runs: [
      {
        tool: {
          driver: {
            name: 'fleetwright',
            semanticVersion: review.versions.compiler,
            rules: ids.map((id) => toRule(id)),
          },
        },
        columnKind: 'utf16CodeUnits',
        results: results.map((result) => toResult(result, ids, review)),
      },
    ],
  }
}

const dangerPrefix = 'danger/'

function dangerResult({ danger, later }: ListedDanger, review: Review): Result {
  const { rule, severity, message, clusters, unit, object } = danger
  return {
    ruleId: `${dangerPrefix}${rule}`,
    level: severity === 'high' ? 'error' : 'warning',
    message: later ? `${message} (once the upgrade is through)` : message,
    clusters,
    lines: linesOfDanger(danger, review),
    ...(object && { object }),
    identity: [rule, message, unit, object && objectTitle(object), later],
  }
}

function faultResult({ diagnostic, clusters }: ListedFault, review: Review): Result {
  const { code, severity, message, hint, unit } = diagnostic
  return {
    ruleId: code,
    level: severity === 'error' || severity === 'warning' ? severity : 'note',
    message: hint === undefined ? message : `${message}; ${hint}`,
    clusters,
    lines: linesOfFault(diagnostic, review),
    identity: [code, message, unit, diagnostic.place?.file],
  }
}

interface HelpText extends Pick<CatalogueEntry, 'what' | 'why' | 'example' | 'fix'> {
  readonly severity: Danger['severity'] | CatalogueEntry['severity']
}

function toRule(id: string) {
  const help = helpOf(id)
  if (help === undefined) return { id }
  const { what, why, example, fix, severity } = help
  const level = severity === 'high' ? 'error' : severity === 'medium' ? 'warning' : severity
  return {
    id,
    shortDescription: { text: what },
    fullDescription: { text: `${what} ${why}` },
    help: {
      text: `${why}\n\nExample: ${example}\n\nWhat to do: ${fix}`,
      markdown: `${why}\n\n\`\`\`\n${example}\n\`\`\`\n\n**What to do.** ${fix}`,
    },
    defaultConfiguration: { level },
  }
}

function helpOf(id: string): HelpText | undefined {
  if (id.startsWith(dangerPrefix)) return dangerTexts[id.slice(dangerPrefix.length) as DangerRule]
  return (catalogue as Readonly<Partial<Record<string, CatalogueEntry>>>)[id]
}

function toResult(
  { ruleId, level, message, clusters, lines, object, identity }: Result,
  ids: readonly string[],
  review: Review,
) {
  const place = lines ?? firstChange(review)
  const where =
    clusters.length === 0 ? '' : ` (${countOf(clusters.length, 'cluster')}: ${formatNames(clusters, 5)})`
  const fingerprint = createHash('sha256').update(canonicalJson(identity)).digest('hex')
  return {
    ...{ ruleId, ruleIndex: ids.indexOf(ruleId), level },
    message: { text: messageText(`${message}${where}`) },
    ...(place && {
      locations: [
        {
          physicalLocation: {
            artifactLocation: { uri: toUri(place.path), uriBaseId: '%SRCROOT%' },
            region: toRegion(place),
          },
          ...(object && {
            logicalLocations: [
              { name: object.name, fullyQualifiedName: objectTitle(object), kind: 'resource' },
            ],
          }),
        },
      ],
    }),
    partialFingerprints: { 'fleetwright/v1': fingerprint },
    properties: { clusters },
  }
}

/** Braces and `[text](address)` mean something in a message of SARIF. */
function messageText(text: string): string {
  return visibleText(text).replace(/[{}]/g, '$&$&').replaceAll('](', '] (')
}

function toUri(path: string): string {
  return path.toWellFormed().split('/').map(encodeURIComponent).join('/')
}

function toRegion({ first, last, columns }: Lines) {
  const isInLine = columns !== undefined && first === last && columns.end > columns.start
  return {
    startLine: first,
    ...(isInLine && { startColumn: columns.start }),
    endLine: last,
    ...(isInLine && { endColumn: columns.end }),
  }
}
