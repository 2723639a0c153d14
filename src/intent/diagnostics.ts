import { diagnostic } from '../diagnostics/diagnostic.ts'
import { didYouMean } from '../diagnostics/suggestion-list.ts'
import type { Diagnostic } from '../diagnostics/types.ts'
import { locate, locateInString, type ShapeFault } from '../source/source.ts'
import type { DocumentPath, SourceDocument } from '../source/types.ts'
import { apiVersionOf, formatObject, formatPath, kindOf } from './header.ts'

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

export function misplacedField(
  document: SourceDocument,
  path: DocumentPath,
  home: 'spec' | 'metadata',
): Diagnostic {
  const field = String(path.at(-1))
  return diagnostic('intent/unknown-field', {
    message: `${formatObject(document)} has no field \`${field}\`; it is ignored`,
    span: locate(document, path, 'key'),
    hint: `it belongs into \`${home}\`: indent it`,
  })
}

/** `${CLUSTER_NAME}` and the like: a template that another tool fills in, no object yet. */
export function placeholderName(document: SourceDocument): Diagnostic {
  return diagnostic('intent/placeholder-name', {
    message: `${formatObject(document)} is left out: its name is a placeholder, so it is a template of another tool`,
    span: locate(document, ['metadata', 'name']),
    hint: `exclude it with \`spec.intent.exclude: ["${document.file.path}"]\` in fleetwright.yaml`,
  })
}

export function badName(document: SourceDocument, field: 'name' | 'namespace', written: string): Diagnostic {
  const rule = 'which Kubernetes refuses: lower-case letters, digits, `-` and `.` only'
  return badValue(document, ['metadata', field], `is \`${written}\`, ${rule}`)
}

export function emptySpec(document: SourceDocument): Diagnostic {
  return diagnostic('intent/empty-spec', {
    message: `${formatObject(document)} has no spec and does nothing`,
    span: locate(document, ['kind']),
    hint: 'write its spec, or remove the object',
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
  const written = apiVersionOf(document)
  return diagnostic('intent/unknown-version', {
    message: `there is no ${kindOf(document)} in \`${written}\``,
    span: locate(document, ['apiVersion']),
    hint: didYouMean(written, known) ?? `write \`apiVersion: ${known[0] ?? ''}\``,
  })
}

export function unknownKind(document: SourceDocument, known: readonly string[]): Diagnostic {
  const kind = kindOf(document)
  return diagnostic('intent/unknown-kind', {
    message: `\`${apiVersionOf(document)}\` has no kind \`${kind}\`; the object is not intent`,
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
  const written = apiVersionOf(document)
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
  const isOld = apiVersionOf(document).endsWith('/v1alpha1')
  return diagnostic('intent/deprecated-field', {
    severity: isOld ? 'note' : 'warning',
    message: isOld
      ? `\`${formatPath(path)}\` is an old spelling; it is understood`
      : `\`${formatPath(path)}\` is an old spelling that ${apiVersionOf(document)} does not have; Sveltos itself would refuse or drop it`,
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

export function notEnforced(document: SourceDocument, path: DocumentPath, what: string): Diagnostic {
  return diagnostic('intent/not-enforced', {
    message: `${what} is not enforced by fleetwright`,
    span: locate(document, path, path.at(-1) === 'kind' ? 'value' : 'key'),
    hint: 'rights come from whoever applies the rendered branch: give its Flux or Argo CD service account the rights that it may have',
  })
}

export function notEvaluated(document: SourceDocument, effect: string): Diagnostic {
  return diagnostic('intent/not-evaluated', {
    message: `${formatObject(document)} is checked but not evaluated yet: ${effect}`,
    span: locate(document, ['kind']),
  })
}
