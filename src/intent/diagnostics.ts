import { diagnostic } from '../diagnostics/diagnostic.ts'
import { didYouMean } from '../diagnostics/suggestion-list.ts'
import type { Diagnostic } from '../diagnostics/types.ts'
import { locate, locateInString, type ShapeFault } from '../source/source.ts'
import type { DocumentPath, SourceDocument } from '../source/types.ts'

/** `spec.helmCharts[0].chartName`. */
export function formatPath(path: DocumentPath): string {
  return path
    .map((segment, index) =>
      typeof segment === 'number' ? `[${segment}]` : index === 0 ? segment : `.${segment}`,
    )
    .join('')
}

/** `ClusterProfile monitoring`, `Profile team-a/monitoring`. */
export function formatObject({ value }: SourceDocument): string {
  const metadata = value.metadata as
    { readonly name?: unknown; readonly namespace?: unknown } | null | undefined
  const name = typeof metadata?.name === 'string' ? metadata.name : ''
  const namespace = typeof metadata?.namespace === 'string' ? `${metadata.namespace}/` : ''
  return `${String(value.kind)} ${namespace}${name}`.trim()
}

const quoted = (names: readonly string[]) => names.map((name) => `\`${name}\``).join(', ')

export function shapeFault(document: SourceDocument, fault: ShapeFault): Diagnostic {
  const { path } = fault
  const field = `\`${formatPath(path)}\``
  const what = formatObject(document)
  switch (fault.kind) {
    case 'unknown-field':
      return unknownField(document, path, fault.known)
    case 'missing-field':
      return diagnostic('intent/missing-field', {
        message: `${what} lacks ${field}`,
        span: locate(document, path),
        hint: `add \`${String(path.at(-1))}\``,
      })
    case 'wrong-type': {
      const wasRead = fault.expected === 'text' && /number|true or false/.test(fault.found)
      return diagnostic('intent/wrong-type', {
        message: `${field} is ${fault.found}, but must be ${fault.expected}`,
        span: locate(document, path),
        ...(wasRead ? { hint: `put it in quotes: YAML reads it as ${fault.found}` } : {}),
      })
    }
    case 'wrong-choice': {
      const hint = didYouMean(fault.found, fault.choices)
      return diagnostic('intent/bad-value', {
        message: `${field} is \`${fault.found}\`, but must be one of ${quoted(fault.choices)}`,
        span: locate(document, path),
        ...(hint === undefined ? {} : { hint }),
      })
    }
    case 'bad-value':
      return diagnostic('intent/bad-value', {
        message: `${field} ${fault.found === '' ? 'is empty' : `is \`${fault.found}\``}, but ${fault.rule}`,
        span: locate(document, path),
      })
  }
}

function unknownField(document: SourceDocument, path: DocumentPath, known: readonly string[]): Diagnostic {
  const field = String(path.at(-1))
  const parent =
    path.length === 1
      ? formatObject(document)
      : `\`${formatPath(path.slice(0, -1))}\` of ${formatObject(document)}`
  return diagnostic('intent/unknown-field', {
    message: `${parent} has no field \`${field}\`; it is ignored`,
    span: locate(document, path, 'key'),
    hint: didYouMean(field, known) ?? `there is: ${known.join(', ')}`,
  })
}

export function badValue(
  document: SourceDocument,
  path: DocumentPath,
  rule: string,
  hint?: string,
): Diagnostic {
  return diagnostic('intent/bad-value', {
    message: `\`${formatPath(path)}\` ${rule}`,
    span: locate(document, path),
    ...(hint === undefined ? {} : { hint }),
  })
}

export function missingField(document: SourceDocument, path: DocumentPath, hint: string): Diagnostic {
  return diagnostic('intent/missing-field', {
    message: `${formatObject(document)} lacks \`${formatPath(path)}\``,
    span: locate(document, path),
    hint,
  })
}

export function unknownVersion(document: SourceDocument, known: readonly string[]): Diagnostic {
  const written = String(document.value.apiVersion)
  return diagnostic('intent/unknown-version', {
    message: `there is no ${String(document.value.kind)} in \`${written}\``,
    span: locate(document, ['apiVersion']),
    hint: didYouMean(written, known) ?? `write \`apiVersion: ${known[0] ?? ''}\``,
  })
}

export function unknownKind(document: SourceDocument, known: readonly string[]): Diagnostic {
  const kind = String(document.value.kind)
  return diagnostic('intent/unknown-kind', {
    message: `\`${String(document.value.apiVersion)}\` has no kind \`${kind}\`; the object is not intent`,
    span: locate(document, ['kind']),
    hint: didYouMean(kind, known) ?? 'see the kinds in docs/reference/intent.md',
  })
}

export function removedKind(document: SourceDocument, reason: string): Diagnostic {
  return diagnostic('intent/removed-kind', {
    message: `${formatObject(document)} is ignored: ${reason}`,
    span: locate(document, ['kind']),
    hint: 'remove it',
  })
}

export function deprecatedVersion(document: SourceDocument): Diagnostic {
  const written = String(document.value.apiVersion)
  const replacement = written.replace(/v1alpha1$/, 'v1beta1')
  const span = locate(document, ['apiVersion'])
  return diagnostic('intent/deprecated-version', {
    message: `\`${written}\` is not served since Sveltos v0.49; it is read as before`,
    span,
    hint: `write \`${replacement}\``,
  })
}

/** An old spelling: a note under v1alpha1, where it belongs, and a warning under v1beta1, which never had it. */
export function deprecatedField(
  document: SourceDocument,
  path: DocumentPath,
  replacement: string,
): Diagnostic {
  const isOld = String(document.value.apiVersion).endsWith('/v1alpha1')
  return diagnostic('intent/deprecated-field', {
    severity: isOld ? 'note' : 'warning',
    message: isOld
      ? `\`${formatPath(path)}\` is an old spelling; it is understood`
      : `\`${formatPath(path)}\` is an old spelling that ${String(document.value.apiVersion)} does not have; Sveltos itself would refuse or drop it`,
    span: locate(document, path, 'key'),
    hint: replacement,
  })
}

export function badSelectorText(
  document: SourceDocument,
  path: DocumentPath,
  fault: { message: string; start: number; end: number },
): Diagnostic {
  return diagnostic('intent/bad-selector', {
    message: `\`${formatPath(path)}\` is no selector: ${fault.message}`,
    span: locateInString(document, path, fault.start, fault.end - fault.start),
    hint: 'write a LabelSelector with `matchLabels` and `matchExpressions`',
  })
}

export function badSelector(document: SourceDocument, path: DocumentPath, rule: string): Diagnostic {
  return diagnostic('intent/bad-selector', {
    message: `\`${formatPath(path)}\` ${rule}`,
    span: locate(document, path),
  })
}

export function selectsNothing(document: SourceDocument, path: DocumentPath, reason: string): Diagnostic {
  return diagnostic('intent/selects-nothing', {
    message: `${formatObject(document)} selects no cluster: ${reason}`,
    span: locate(document, path, path.length > 1 ? 'key' : 'value'),
    hint: 'an empty selector selects nothing in Sveltos; to select every cluster, ask for a label that all of them have',
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
    message: `${String(other.value.kind)} and ${String(document.value.kind)} share the name \`${id}\``,
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
  const kind = String(document.value.kind)
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
  const kind = document.value.kind === 'Profile' ? 'Set' : 'ClusterSet'
  return diagnostic('intent/set-unknown', {
    message: `${formatObject(document)} refers to ${kind} \`${name}\`, which the repository does not have`,
    span: locate(document, path),
    hint: didYouMean(name, known) ?? `a missing ${kind} gives no cluster`,
  })
}

export function sourceChoice(
  document: SourceDocument,
  path: DocumentPath,
  has: 'both' | 'neither',
): Diagnostic {
  return diagnostic('intent/source-choice', {
    message:
      has === 'both'
        ? `\`${formatPath(path)}\` has both \`kind\` and \`remoteURL\``
        : `\`${formatPath(path)}\` has neither \`kind\` nor \`remoteURL\``,
    span: locate(document, path),
    hint:
      has === 'both'
        ? 'remove one of them'
        : 'say where the content comes from: `kind: ConfigMap`, `kind: GitRepository`, … or `remoteURL`',
  })
}

export function chartIncomplete(
  document: SourceDocument,
  path: DocumentPath,
  severity: 'error' | 'warning',
): Diagnostic {
  const field = String(path.at(-1))
  return diagnostic('intent/chart-incomplete', {
    severity,
    holds: severity === 'error' ? 'all' : 'nothing',
    message: `the chart at \`${formatPath(path.slice(0, -1))}\` lacks \`${field}\`, which a chart of an http(s) or oci repository needs`,
    span: locate(document, path),
    hint:
      field === 'chartVersion'
        ? 'write the version to deploy, or a range that fleetwright.lock pins'
        : field === 'repositoryName'
          ? 'Sveltos refuses the profile without it; fleetwright does not need it'
          : `write \`${field}\``,
  })
}

export function repeatedEntry(
  document: SourceDocument,
  path: DocumentPath,
  firstPath: DocumentPath,
  what: string,
): Diagnostic {
  return diagnostic('intent/repeated-entry', {
    message: `${what} is there twice in ${formatObject(document)}`,
    span: locate(document, path),
    related: [{ message: 'first one here', span: locate(document, firstPath) }],
    hint: 'remove or rename one of them',
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

export function notEvaluated(document: SourceDocument, effect: string): Diagnostic {
  return diagnostic('intent/not-evaluated', {
    message: `${formatObject(document)} is checked but not evaluated yet: ${effect}`,
    span: locate(document, ['kind']),
  })
}

export function notEnforced(document: SourceDocument, path: DocumentPath, what: string): Diagnostic {
  return diagnostic('intent/not-enforced', {
    message: `${what} is not enforced by fleetwright`,
    span: locate(document, path, path.at(-1) === 'kind' ? 'value' : 'key'),
    hint: 'rights come from whoever applies the rendered branch: give its Flux or Argo CD service account the rights that it may have',
  })
}

export function notStaged(document: SourceDocument, stages: number): Diagnostic {
  return diagnostic('intent/not-staged', {
    message: `${formatObject(document)} and its ${stages} stages are checked but not rolled out: promotions are not evaluated yet`,
    span: locate(document, ['spec', 'stages'], 'key'),
    hint: 'until then, write one ClusterProfile per stage',
  })
}

export function optionsWithoutEffect(
  document: SourceDocument,
  path: DocumentPath,
  options: readonly string[],
): Diagnostic {
  return diagnostic('intent/option-without-effect', {
    message: `${options.length === 1 ? 'this option has' : 'these options have'} no effect on rendered manifests: ${options.join(', ')}`,
    span: locate(document, path, 'key'),
    hint: 'Flux or Argo CD applies what is rendered; there is no Helm release that these options could govern',
  })
}

export function shareMeant(document: SourceDocument, path: DocumentPath, text: string): Diagnostic {
  return diagnostic('intent/bare-share', {
    message: `\`${formatPath(path)}\` is the text "${text}", which Sveltos takes for ${text} % of the clusters`,
    span: locate(document, path),
    hint: `write ${text} without quotes for that many clusters, or "${text}%" for a share`,
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
    hint: didYouMean(name, known) ?? 'without it no event is ever seen',
  })
}
