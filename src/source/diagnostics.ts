import { diagnostic } from '../diagnostics/diagnostic.ts'
import type { Diagnostic, SourceFile, Span } from '../diagnostics/types.ts'
import type { DuplicateKey, LateMerge } from './duplicate-keys.ts'
import type { SourceDocument } from './types.ts'
import type { YamlFault } from './yaml-fault.ts'

export function malformedYaml({ span, reason }: YamlFault): Diagnostic {
  const marked = span.file.text.slice(span.start, span.end)
  return diagnostic('source/malformed-yaml', {
    message: `this is no valid YAML: ${reason}`,
    span,
    hint: marked.includes('{{')
      ? 'put text that holds a template in quotes: "{{ … }}"'
      : 'the other documents of the file were read; until this one can be, nothing is removed anywhere',
  })
}

/** `isTemplate`: it would be an object, once another tool has filled it in. */
export function skippedYaml({ span, reason }: YamlFault, isTemplate: boolean): Diagnostic {
  return diagnostic('source/skipped-yaml', {
    message: isTemplate
      ? `skipped, since this is a template of another tool and no valid YAML yet: ${reason}`
      : `skipped, since this is no valid YAML (${reason}) and does not look like a Kubernetes object`,
    span,
    hint: `exclude it with \`spec.intent.exclude: ["${span.file.path}"]\` in fleetwright.yaml`,
  })
}

export function duplicateKey({ key, first, last }: DuplicateKey): Diagnostic {
  return diagnostic('source/duplicate-key', {
    message: `the key \`${key}\` is there twice; the last one counts, and the other is lost`,
    span: last,
    related: [{ message: 'first written here', span: first }],
    hint: 'join the two, or remove one',
  })
}

/** In the configuration, where which one counts decides over brakes and permissions. */
export function doubledSetting(doubled: DuplicateKey): Diagnostic {
  return {
    ...duplicateKey(doubled),
    ...{ severity: 'error', holds: 'all' },
    message: `the setting \`${doubled.key}\` is there twice, and nobody knows which one is meant`,
    hint: 'join the two, or remove one; until then, nothing is written anywhere',
  }
}

export function lateMerge({ merge, above }: LateMerge): Diagnostic {
  return diagnostic('source/duplicate-key', {
    ...{ severity: 'error', holds: 'all' },
    message: 'the merge key `<<` stands below other keys, which it may give a second value',
    span: merge,
    related: [{ message: 'the first of them', span: above }],
    hint: 'write `<<` once, as the first key: then each key below it counts as it is written',
  })
}

export function notUtf8(span: Span, encoding: string | undefined): Diagnostic {
  return diagnostic('source/not-utf8', {
    message:
      encoding === undefined
        ? 'the file is not UTF-8: this byte cannot be read'
        : `the file is ${encoding}, not UTF-8`,
    span,
    hint: 'save the file as UTF-8',
  })
}

export function fileTooLarge(file: SourceFile, sizeBytes: number, limitBytes: number): Diagnostic {
  return diagnostic('source/file-too-large', {
    message: `${file.path} has ${inMiB(sizeBytes)}; YAML files are read up to ${inMiB(limitBytes)}`,
    span: { file, start: 0, end: 0 },
    hint: `split it, or exclude it with \`spec.intent.exclude: ["${file.path}"]\` in fleetwright.yaml`,
  })
}

export function configTooLarge(file: SourceFile, sizeBytes: number, limitBytes: number): Diagnostic {
  return diagnostic('source/file-too-large', {
    message: `${file.path} has ${inMiB(sizeBytes)}; the configuration is read up to ${inMiB(limitBytes)}`,
    span: { file, start: 0, end: 0 },
    hint: 'write clusters as SveltosCluster or Cluster API objects in files of their own; until it can be read, nothing is written anywhere',
  })
}

function inMiB(bytes: number): string {
  return `${(bytes / 1024 / 1024).toFixed(0)} MiB`
}

/** `file.text` is the target of the link, as Git stores it. */
export function symlinkOutside(file: SourceFile): Diagnostic {
  return diagnostic('source/symlink-outside', {
    message: `the symbolic link ${file.path} leads out of the repository and is not followed`,
    span: { file, start: 0, end: file.text.length },
    hint: 'copy the file into the repository, or remove the link',
  })
}

/** Whatever is left of its header: nobody knows which brake it was to set. */
export function malformedConfig({ span, reason }: YamlFault): Diagnostic {
  return unreadableConfig(span, `is no valid YAML: ${reason}`, 'mend it')
}

export function noConfig(file: SourceFile, start = 0): Diagnostic {
  const hint = 'write `apiVersion: fleetwright.dev/v1alpha1` and `kind: FleetConfig`, or remove the file'
  return unreadableConfig(
    { file, start, end: start },
    'holds no configuration: it is empty, or no mapping',
    hint,
  )
}

function unreadableConfig(span: Span, what: string, hint: string): Diagnostic {
  return diagnostic('source/unreadable-config', {
    message: `${span.file.path} ${what}`,
    span,
    hint: `${hint}; until it can be read, nothing is written anywhere`,
  })
}

/** Part of the configuration that is not read, from `start` on. */
export function configIgnored(file: SourceFile, reason: string, start = 0): Diagnostic {
  return diagnostic('source/config-ignored', {
    message: `${start === 0 ? file.path : `the rest of ${file.path}`} is not read: ${reason}`,
    span: { file, start, end: start },
    hint: 'write the configuration as one document in `fleetwright.yaml` at the root',
  })
}

/** A FleetConfig in a file where nobody looks for it: a brake that it sets is not there. */
export function configElsewhere({ file }: SourceDocument, span: Span): Diagnostic {
  return diagnostic('source/config-ignored', {
    ...{ severity: 'warning', holds: 'nothing' },
    message: `the FleetConfig in ${file.path} is not read: only that of \`fleetwright.yaml\` at the root counts`,
    span,
    hint: 'move what it says to `fleetwright.yaml` at the root, or exclude the file with `spec.intent.exclude`',
  })
}

export function unsafePath(path: string): Diagnostic {
  return diagnostic('source/unsafe-path', {
    message: `the commit holds the path \`${path}\`, which would leave its folder; it was not read`,
    hint: 'no ordinary Git client writes such a path: find out who made the commit',
  })
}

export function noDocuments(include: readonly string[]): Diagnostic {
  return diagnostic('source/no-documents', {
    message: 'no YAML document of the repository counts as intent',
    hint:
      include.length === 0
        ? '`fleetwright init` writes a small fleet to start from'
        : `\`spec.intent.include\` of fleetwright.yaml is ${JSON.stringify(include)}: does it match a file?`,
  })
}
