import type { FleetConfig } from '../config/types.ts'
import type { Report } from '../diagnostics/types.ts'
import { compareText } from '../kubernetes/text-order.ts'
import type { Repository, SourceDocument } from '../source/types.ts'
import {
  deprecatedVersion,
  missingField,
  placeholderName,
  removedKind,
  unknownKind,
  unknownVersion,
} from './diagnostics.ts'
import { kindOf, metadataOf } from './header.ts'
import { takeInventory } from './inventory.ts'
import { classify, type Role } from './kind-table.ts'
import { parseCapiCluster } from './kinds/capi-cluster.ts'
import { parseClassifier, parseManagementClusterClassifier } from './kinds/classifier.ts'
import { parseClusterHealthCheck } from './kinds/cluster-health-check.ts'
import { parseClusterPromotion } from './kinds/cluster-promotion.ts'
import { parseClusterSet } from './kinds/cluster-set.ts'
import { parseEventSource } from './kinds/event-source.ts'
import { parseEventTrigger } from './kinds/event-trigger.ts'
import { parseHealthCheck } from './kinds/health-check.ts'
import { parseProfile } from './kinds/profile.ts'
import { parseRoleRequest } from './kinds/role-request.ts'
import { parseSveltosCluster } from './kinds/sveltos-cluster.ts'
import { collectObjects, type CollectedObjects } from './management-objects.ts'
import { contentReferences } from './references.ts'
import { checkDependencies } from './rules/dependencies.ts'
import { checkDuplicateObjects, keepFirst } from './rules/duplicates.ts'
import { checkEvents } from './rules/events.ts'
import { checkHealthReferences } from './rules/health-references.ts'
import { checkLuaResultKeys } from './rules/lua-result-keys.ts'
import { checkNotes } from './rules/notes.ts'
import { checkPlainFields } from './rules/plain-fields.ts'
import { checkSelection } from './rules/selection.ts'
import { checkSetReferences } from './rules/set-references.ts'
import { checkUnrenderedTemplates } from './rules/unrendered-templates.ts'
import type { Fleet } from './types.ts'

export { readLiveClusters } from './live-clusters.ts'

/**
 * The documents of a repository → the Fleet: everything that a person wants, parsed, complete and checked.
 * Promises: pure and total; the order of files shows nowhere but in which of two equal definitions counts (the first by path).
 * Reports: what the API server of Sveltos would refuse (errors), what it would silently drop or never do (warnings), old
 * spellings and what is not evaluated yet (notes).
 * @example const fleet = parseIntent(repository, parseConfig(undefined, report), report)
 */
export function parseIntent(repository: Repository, config: FleetConfig, report: Report): Fleet {
  const sorted = sortOut(repository.documents, report)
  const collected = collectObjects(sorted.objects)
  const of = (...roles: readonly Role[]) =>
    keepFirst(
      sorted.intent.flatMap(({ role, document }) => (roles.includes(role) ? [document] : [])),
      identityOf,
      report,
    )
  const written = [
    ...of('sveltos-cluster').flatMap((document) => parseSveltosCluster(document, report) ?? []),
    ...keepFirst(sorted.capiClusters, identityOf, report).flatMap(
      (document) => parseCapiCluster(document, collected.objects, report) ?? [],
    ),
  ]
  const fleet: Fleet = {
    clusters: takeInventory(written, config, report),
    profiles: parseAll(of('cluster-profile'), parseProfile, report),
    sets: parseAll(of('cluster-set'), parseClusterSet, report),
    classifiers: [
      ...parseAll(of('classifier'), parseClassifier, report),
      ...parseAll(of('management-cluster-classifier'), parseManagementClusterClassifier, report),
    ],
    eventSources: parseAll(of('event-source'), parseEventSource, report),
    eventTriggers: parseAll(of('event-trigger'), parseEventTrigger, report),
    healthChecks: parseAll(of('health-check'), parseHealthCheck, report),
    clusterHealthChecks: parseAll(of('cluster-health-check'), parseClusterHealthCheck, report),
    roleRequests: parseAll(of('role-request'), parseRoleRequest, report),
    promotions: parseAll(of('cluster-promotion'), parseClusterPromotion, report),
    objects: collected.objects,
  }
  checkFleet(fleet, collected, report)
  return fleet
}

/** Rules over the whole fleet, in the order of its journey. */
function checkFleet(fleet: Fleet, collected: CollectedObjects, report: Report): void {
  const references = contentReferences(fleet)
  checkDuplicateObjects(collected.duplicates, new Set(references.map(({ key }) => key)), report)
  checkSelection(fleet.profiles, fleet.sets, report)
  checkSetReferences(fleet, report)
  checkDependencies(fleet.profiles, report)
  checkPlainFields(fleet.profiles, report)
  checkUnrenderedTemplates(references, fleet.objects, report)
  checkEvents(fleet, references, report)
  checkHealthReferences(fleet, report)
  checkLuaResultKeys(fleet, report)
  checkNotes(fleet, report)
}

interface Sorted {
  readonly intent: readonly { readonly role: Role; readonly document: SourceDocument }[]
  readonly capiClusters: readonly SourceDocument[]
  readonly objects: readonly SourceDocument[]
}

function sortOut(documents: readonly SourceDocument[], report: Report): Sorted {
  const intent: { role: Role; document: SourceDocument }[] = []
  const capiClusters: SourceDocument[] = []
  const objects: SourceDocument[] = []
  for (const document of documents) {
    const { apiVersion, kind } = document.value
    if (typeof apiVersion !== 'string' || typeof kind !== 'string') {
      reportHalf(document, report)
      continue
    }
    const classified = classify(apiVersion, kind)
    if (classified.type !== 'object' && /\$\{|\{\{|<[^>]*>/.test(metadataOf(document).name)) {
      report(placeholderName(document))
      continue
    }
    switch (classified.type) {
      case 'intent':
        if (apiVersion.endsWith('/v1alpha1')) report(deprecatedVersion(document))
        intent.push({ role: classified.role, document })
        break
      case 'capi-cluster':
        capiClusters.push(document)
        break
      case 'removed':
        report(removedKind(document, classified.reason))
        break
      case 'unknown-kind':
        report(unknownKind(document, classified.known))
        break
      case 'unknown-version':
        report(unknownVersion(document, classified.known))
        break
      case 'object':
        objects.push(document)
        break
    }
  }
  return { intent, capiClusters, objects }
}

/** Only where the other half says that intent was meant: many files of other tools have a `kind` of their own. */
function reportHalf(document: SourceDocument, report: Report): void {
  const { apiVersion, kind } = document.value
  if (typeof apiVersion === 'string' && apiVersion.includes('projectsveltos.io/')) {
    report(missingField(document, ['kind'], 'add the kind, such as `kind: ClusterProfile`'))
  }
  const group = typeof kind === 'string' ? distinctiveKinds[kind] : undefined
  if (group !== undefined)
    report(missingField(document, ['apiVersion'], `add \`apiVersion: ${group}.projectsveltos.io/v1beta1\``))
}

/** Kinds that no other tool has, by their group. */
const distinctiveKinds: Readonly<Record<string, string>> = {
  ClusterProfile: 'config',
  ClusterPromotion: 'config',
  ClusterSet: 'lib',
  EventSource: 'lib',
  EventTrigger: 'lib',
  ClusterHealthCheck: 'lib',
  RoleRequest: 'lib',
  SveltosCluster: 'lib',
}

/** Kind, namespace and name; both names of a kind count as one. */
function identityOf(document: SourceDocument): string {
  const kind = kindOf(document)
  const { name, namespace } = metadataOf(document)
  const isNamespaced = ['Profile', 'Set', 'SveltosCluster', 'Cluster'].includes(kind)
  const identity = isNamespaced ? `${namespace === '' ? 'default' : namespace}/${name}` : name
  return `${kind === 'EventBasedAddOn' ? 'EventTrigger' : kind}/${identity}`
}

function parseAll<T extends { readonly kind: string; readonly namespace?: string; readonly name: string }>(
  documents: readonly SourceDocument[],
  parse: (document: SourceDocument, report: Report) => T | undefined,
  report: Report,
): T[] {
  return documents
    .flatMap((document) => parse(document, report) ?? [])
    .sort(
      (a, b) =>
        compareText(a.kind, b.kind) ||
        compareText(a.namespace ?? '', b.namespace ?? '') ||
        compareText(a.name, b.name),
    )
}
