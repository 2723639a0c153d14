import type { Danger } from './compare/types.ts'
import { trustChanges } from './config/config.ts'
import type { Span } from './diagnostics/types.ts'
import type { Preview, PreviewStep } from './preview.ts'
import type { SourceReference } from './resolve/types.ts'
import { locate } from './source/source.ts'
import type { SourceDocument } from './source/types.ts'
import { foreignUses, hostOfPin, hostOfReference } from './sources/sources.ts'

/** What a change would have the repository, its hosts and its credentials do that its base does not (decisions 9 and 10). */
export function trustDangers(preview: Preview, changedFiles: readonly string[]): readonly Danger[] {
  return [...looseTrust(preview), ...otherTemplates(changedFiles), ...newHosts(preview)]
}

/** Settings of the head that do not count while it is reviewed. */
function looseTrust({ own, trusted, broken }: Preview): readonly Danger[] {
  // Each setting that there is differs from what allows nothing: one word says that.
  if (broken && broken.commit === undefined) return own.document ? [unknownTrust(own.document)] : []
  const told = trustChanges(own, trusted).filter(({ isInForce }) => !isInForce)
  return told.map(({ field, before, after, isLooser, span }) => ({
    rule: 'trust-loosened',
    severity: isLooser ? 'high' : 'medium',
    message: `${field} goes from ${before} to ${after}: this review keeps to what the base says, and the merge puts it into force`,
    clusters: [],
    ...(span && { span, side: 'after' as const }),
  }))
}

function unknownTrust(document: SourceDocument): Danger {
  const message =
    'what the base allows is not known: the merge puts every setting of fleetwright.yaml into force as it is written here'
  return {
    rule: 'trust-loosened',
    severity: 'high',
    message,
    clusters: [],
    span: locate(document, ['spec']),
    side: 'after',
  }
}

/** They decide what later reviews show of a change. */
function otherTemplates(changedFiles: readonly string[]): readonly Danger[] {
  const changed = changedFiles.filter((path) => path.startsWith('.fleetwright/templates/'))
  if (changed.length === 0) return []
  const [first = ''] = changed
  const files = changed.length === 1 ? first : `${first} and ${changed.length - 1} more`
  const message = `templates of reports change (${files}): this report is made with those of the base, and later ones with these`
  return [{ rule: 'trust-loosened', severity: 'high', message, clusters: [] }]
}

/** Hosts that the base does not fetch from, and credentials of the base that would go somewhere else. */
function newHosts(preview: Preview): readonly Danger[] {
  const { base, head } = preview
  const old = new Set((base.compiled?.plan?.references ?? []).map(({ key }) => key))
  const references = (head.compiled?.plan?.references ?? []).filter(({ key }) => !old.has(key))
  const told = references.flatMap((reference) => dangersOfReference(reference, preview))
  return [...told, ...remotesOfKustomizations(preview), ...refusedElsewhere(preview, told)]
}

function dangersOfReference(reference: SourceReference, { head, vouched }: Preview): readonly Danger[] {
  const host = hostOfReference(reference)
  const { origin } = reference
  const span = origin && locate(origin.document, origin.path)
  const common = {
    rule: 'host-new' as const,
    clusters: clustersOf(head, reference.key),
    ...(span && { span, side: 'after' as const }),
  }
  const sent = foreignUses(reference, vouched).map(({ secret, to }): Danger => ({
    ...common,
    severity: 'high',
    message: `the credentials of the Secret ${secret} would be sent to ${to}, for which the base does not use them`,
  }))
  if (host === undefined || vouched.hosts.includes(host)) return sent
  const isRefused = refusals(head).some((refusal) =>
    span && refusal.span ? isSame(refusal.span, span) : refusal.message.includes(host),
  )
  return [
    ...sent,
    {
      ...common,
      severity: isRefused ? 'high' : 'medium',
      message: isRefused
        ? `${reference.key} leads to ${host}, which may not be asked: nothing is fetched from there`
        : `${reference.key} is fetched from ${host}, which the base does not fetch from`,
    },
  ]
}

/** Remote bases and charts, which no plan has: only fetching brings them to light. */
function remotesOfKustomizations({ base, head, vouched }: Preview): readonly Danger[] {
  const planned = new Set((head.compiled?.plan?.references ?? []).map(({ key }) => key))
  return [...(head.compiled?.fetched?.pins ?? [])].flatMap(([key, pin]): Danger[] => {
    const host = hostOfPin(pin)
    if (planned.has(key) || base.compiled?.fetched?.pins.has(key) === true) return []
    if (host === undefined || vouched.hosts.includes(host)) return []
    const message = `${key} is fetched from ${host}, which the base does not fetch from`
    return [{ rule: 'host-new', severity: 'medium', message, clusters: [] }]
  })
}

/** What the head was refused and its base was not, where nothing else tells of it. */
function refusedElsewhere({ base, head }: Preview, told: readonly Danger[]): readonly Danger[] {
  const known = new Set(refusals(base).map(({ message }) => message))
  return refusals(head).flatMap(({ message, span }): Danger[] => {
    const isTold = told.some((danger) => span && danger.span && isSame(danger.span, span))
    if (known.has(message) || isTold) return []
    const place = span && { span, side: 'after' as const }
    return [{ rule: 'host-new', severity: 'high', message, clusters: [], ...place }]
  })
}

function refusals({ diagnostics }: PreviewStep): PreviewStep['diagnostics'] {
  return diagnostics.filter(({ code }) => code === 'sources/refused-host')
}

function isSame(a: Span, b: Span): boolean {
  return a.file.path === b.file.path && a.start === b.start
}

/** Clusters with a unit of this source, sorted. */
function clustersOf({ compiled }: PreviewStep, key: string): readonly string[] {
  return (compiled?.plan?.clusters ?? [])
    .filter(({ units }) =>
      units.some((unit) =>
        'source' in unit
          ? unit.source.key === key
          : unit.kind === 'policy' && unit.content.type === 'source' && unit.content.source.key === key,
      ),
    )
    .map(({ cluster }) => cluster.id)
    .sort()
}
