// Constructors for what only shows when the whole fleet is looked at; those about one object are in diagnostics.ts.
import { diagnostic } from '../diagnostics/diagnostic.ts'
import { didYouMean } from '../diagnostics/suggestion-list.ts'
import type { Diagnostic } from '../diagnostics/types.ts'
import { locate, locateInString } from '../source/source.ts'
import type { DocumentPath, SourceDocument } from '../source/types.ts'
import { formatObject, formatPath, kindOf } from './header.ts'

export function selectsNothing(document: SourceDocument, path: DocumentPath, reason: string): Diagnostic {
  return diagnostic('intent/selects-nothing', {
    message: `${formatObject(document)} selects no cluster: ${reason}`,
    span: locate(document, path, path.length > 1 ? 'key' : 'value'),
    hint: path.includes('maxReplicas')
      ? 'say how many clusters it may select at a time'
      : 'an empty selector selects nothing in Sveltos; to select every cluster, ask for a label that all of them have',
  })
}

export function duplicateDefinition(document: SourceDocument, first: SourceDocument): Diagnostic {
  const isSame = first.json === document.json
  return diagnostic('intent/duplicate', {
    severity: isSame ? 'warning' : 'error',
    holds: isSame ? 'nothing' : 'all',
    message: `${formatObject(document)} is defined twice${isSame ? ' in the same words' : ''}; the first definition counts`,
    span: locate(document, ['metadata', 'name']),
    related: [{ message: 'first defined here', span: locate(first, ['metadata', 'name']) }],
    hint: 'remove or rename one of them',
  })
}

export function duplicateObject(document: SourceDocument, first: SourceDocument): Diagnostic {
  return diagnostic('intent/duplicate-object', {
    message: `${formatObject(document)}, which a profile refers to, is defined twice with different content; the first one counts`,
    span: locate(document, ['metadata', 'name']),
    related: [{ message: 'first defined here', span: locate(first, ['metadata', 'name']) }],
    hint: 'remove or rename one of them, or exclude its file with `spec.intent.exclude` in fleetwright.yaml',
  })
}

export function clusterNameShared(document: SourceDocument, other: SourceDocument, id: string): Diagnostic {
  return diagnostic('intent/cluster-name-shared', {
    message: `${kindOf(other)} and ${kindOf(document)} share the name \`${id}\``,
    span: locate(document, ['metadata', 'name']),
    related: [{ message: 'the other one is here', span: locate(other, ['metadata', 'name']) }],
    hint: 'rename one of them, or put it into another namespace: clusters are known by namespace and name',
  })
}

export function configuredClusterShadowed(
  config: SourceDocument,
  index: number,
  cluster: SourceDocument,
): Diagnostic {
  const span = locate(config, ['spec', 'clusters', index, 'name'])
  return diagnostic('intent/cluster-name-shared', {
    message: `the cluster of fleetwright.yaml is also a ${formatObject(cluster)}; the latter counts`,
    span,
    related: [{ message: 'it is here', span: locate(cluster, ['metadata', 'name']) }],
    hint: 'remove it from `spec.clusters`, which is for clusters without Cluster API or Sveltos objects',
  })
}

export function dependencyUnknown(
  document: SourceDocument,
  path: DocumentPath,
  name: string,
  known: readonly string[],
): Diagnostic {
  const kind = kindOf(document)
  return diagnostic('intent/dependency-unknown', {
    message: `${formatObject(document)} depends on ${kind} \`${name}\`, which the repository does not have`,
    span: locate(document, path),
    hint:
      didYouMean(name, known) ??
      `dependsOn names profiles of the same kind${kind === 'Profile' ? ' and namespace' : ''}`,
  })
}

export function dependencyCycle(
  cycle: readonly { readonly document: SourceDocument; readonly path: DocumentPath }[],
): Diagnostic {
  const [first, ...rest] = cycle
  const names = cycle.map(({ document }) => formatObject(document).split(' ').at(-1) ?? '')
  return diagnostic('intent/dependency-cycle', {
    message: `profiles depend on each other in a circle: ${[...names, names[0]].join(' → ')}`,
    ...(first === undefined ? {} : { span: locate(first.document, first.path) }),
    related: rest.map(({ document, path }) => ({
      message: 'which depends on the next here',
      span: locate(document, path),
    })),
    hint: 'none of them would ever be deployed: remove one of the dependencies',
  })
}

export function setUnknown(
  document: SourceDocument,
  path: DocumentPath,
  name: string,
  known: readonly string[],
): Diagnostic {
  const kind = kindOf(document) === 'Profile' ? 'Set' : 'ClusterSet'
  return diagnostic('intent/set-unknown', {
    message: `${formatObject(document)} refers to ${kind} \`${name}\`, which the repository does not have`,
    span: locate(document, path),
    hint: didYouMean(name, known) ?? `a missing ${kind} gives no cluster`,
  })
}

export function templateNotRendered(
  source: SourceDocument,
  at: { readonly path: DocumentPath; readonly offset: number; readonly length: number },
  user: { readonly document: SourceDocument; readonly path: DocumentPath },
  annotation: string,
): Diagnostic {
  return diagnostic('intent/template-not-rendered', {
    message: `${formatObject(source)} holds a template, but no annotation asks for it to be rendered: it is deployed literally`,
    span: locateInString(source, at.path, at.offset, at.length),
    related: [
      { message: `${formatObject(user.document)} deploys it`, span: locate(user.document, user.path) },
    ],
    hint: `add the annotation \`${annotation}: "ok"\` to its metadata; escape \`{{\` that is meant literally`,
  })
}

export function templateInPlainField(document: SourceDocument, path: DocumentPath): Diagnostic {
  return diagnostic('intent/template-in-plain-field', {
    message: `\`${formatPath(path)}\` holds a template, but Sveltos does not render this field`,
    span: locate(document, path),
    hint: 'names, namespaces and paths of references, chart fields, values and patches are rendered; this is taken literally',
  })
}

export function notStaged(document: SourceDocument, stages: number): Diagnostic {
  return diagnostic('intent/not-staged', {
    message: `${formatObject(document)} and its ${stages} stages are checked but not rolled out: promotions are not evaluated yet`,
    span: locate(document, ['spec', 'stages'], 'key'),
    hint: 'until then, write one ClusterProfile per stage',
  })
}

export function luaResultKey(
  document: SourceDocument,
  path: DocumentPath,
  keys: { readonly written: string; readonly expected: string },
): Diagnostic {
  return diagnostic('intent/lua-result-key', {
    message: `the script sets \`${keys.written}\`, but \`${keys.expected}\` is what is read`,
    span: locate(document, path),
    hint: `set \`${keys.expected}\` in the table that the script returns`,
  })
}

export function eventWithoutResource(document: SourceDocument, source: SourceDocument): Diagnostic {
  return diagnostic('intent/event-without-resource', {
    message: `${formatObject(document)} uses \`.Resource\`, but ${formatObject(source)} does not collect resources`,
    span: locate(document, ['spec', 'eventSourceName']),
    related: [{ message: 'the event source is here', span: locate(source, ['metadata', 'name']) }],
    hint: 'set `collectResources: true` in the event source',
  })
}

export function eventSourceUnknown(
  document: SourceDocument,
  name: string,
  known: readonly string[],
): Diagnostic {
  return diagnostic('intent/event-source-unknown', {
    message: `${formatObject(document)} listens to EventSource \`${name}\`, which the repository does not have`,
    span: locate(document, ['spec', 'eventSourceName']),
    hint:
      didYouMean(name, known) ??
      'without it no event is ever seen; what its events have deployed stays as it is',
  })
}

export function healthCheckUnknown(
  document: SourceDocument,
  index: number,
  { check, name }: { readonly check: string; readonly name: string | undefined },
  known: readonly string[],
): Diagnostic {
  const path = ['spec', 'livenessChecks', index]
  return diagnostic('intent/health-check-unknown', {
    message:
      name === undefined
        ? `the check \`${check}\` of ${formatObject(document)} names no HealthCheck`
        : `${formatObject(document)} refers to HealthCheck \`${name}\`, which the repository does not have`,
    span: locate(document, name === undefined ? path : [...path, 'livenessSourceRef', 'name']),
    hint:
      (name === undefined ? undefined : didYouMean(name, known)) ??
      'write `livenessSourceRef` with the name of a HealthCheck; without it the check never passes',
  })
}

export function healthCheckUnused(document: SourceDocument): Diagnostic {
  return diagnostic('intent/health-check-unused', {
    message: `${formatObject(document)} is judged in no cluster: no ClusterHealthCheck names it`,
    span: locate(document, ['metadata', 'name']),
    hint: 'add a ClusterHealthCheck whose `livenessChecks` names it, with a `clusterSelector` for the clusters',
  })
}

export function notificationsNotSent(document: SourceDocument, names: readonly string[]): Diagnostic {
  return diagnostic('intent/notifications-not-sent', {
    message: `${formatObject(document)} is evaluated, but nobody is notified: ${names.join(', ')}`,
    span: locate(document, ['spec', 'notifications'], 'key'),
    hint: 'alerts of Flux and notifications of Argo CD say what becomes of add-ons; `fleetwright show health` says the rest',
  })
}
