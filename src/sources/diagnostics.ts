import { diagnostic } from '../diagnostics/diagnostic.ts'
import type { EnvironmentError } from '../diagnostics/errors.ts'
import type { Diagnostic, Span } from '../diagnostics/types.ts'
import type { SourceOrigin, SourceReference } from '../resolve/types.ts'
import { locate } from '../source/source.ts'
import { maxRemoteDepth, maxRemotes } from './bounds.ts'
import { maxFileBytes } from './source-remote-port.ts'
import type { FailureReason, SourceFailure } from './source-remote-port.ts'
import type { Lock, Pin } from './types.ts'
import type { UnpackFault } from './unpack.ts'
import { redactUrls } from './url-redaction.ts'
import type { CredentialUse } from './vouched.ts'

/** What a message needs to know of a source. */
export type Subject = Pick<SourceReference, 'key' | 'origin'>

export function malformedLock(span: Span, reason: string): Diagnostic {
  return diagnostic('sources/malformed-lock', {
    message: `fleetwright.lock cannot be used: ${reason}`,
    span,
    hint: 'undo the edit or the merge conflict, or delete the file and run `fleetwright update`',
  })
}

export function unpinned(subject: Subject, what: string): Diagnostic {
  return diagnostic('sources/unpinned', {
    ...about(subject, `${what}, and fleetwright.lock holds no pin for it`),
    hint: `run \`fleetwright update ${shellQuote(subject.key)}\` and commit fleetwright.lock`,
  })
}

export function notLocked(subject: Subject): Diagnostic {
  return diagnostic('sources/not-locked', {
    ...about(subject, 'fleetwright.lock does not hold it, and --locked allows nothing else'),
    hint: `run \`fleetwright update ${shellQuote(subject.key)}\` and commit fleetwright.lock`,
  })
}

/** `found` is the other digest, where the remote gave one. */
export function digestChanged(subject: Subject, pin: Pin, found: string | undefined, lock: Lock): Diagnostic {
  const entry = lock.entries.get(subject.key)
  const pinnedAt =
    lock.file === undefined || entry?.start === undefined || entry.end === undefined
      ? []
      : [{ message: 'pinned here', span: { file: lock.file, start: entry.start, end: entry.end } }]
  const now = found === undefined ? 'is not there any more' : `is now ${found}`
  return diagnostic('sources/digest-changed', {
    ...about(subject, `${pin.version === '' ? 'it' : pin.version} was pinned as ${pin.digest} and ${now}`),
    related: pinnedAt,
    hint: `the publisher replaced it: ask why; if the new content is right, run \`fleetwright update ${shellQuote(subject.key)}\` and review what changes`,
  })
}

export function wrongDigest(subject: Subject, promised: string, found: string): Diagnostic {
  return diagnostic('sources/wrong-digest', {
    ...about(subject, `the publisher promises ${promised}, but the bytes are ${found}`),
    hint: 'a mirror or proxy may be stale: run again later; if it stays, the publisher has to publish index and file anew',
  })
}

export function notCached(subject: Subject): Diagnostic {
  return diagnostic('sources/not-cached', {
    ...about(subject, 'it is not in the cache, and --offline allows no download'),
    hint: 'run once with network, or copy the cache folder from a machine that has it',
  })
}

export function notKept(subject: Subject, { message, hint }: EnvironmentError): Diagnostic {
  return diagnostic('sources/not-kept', {
    ...about(subject, `it was downloaded, and cannot be kept for the next run: ${message}`),
    ...(hint === undefined ? {} : { hint }),
  })
}

const codeOfReason = {
  unauthorized: 'sources/access-denied',
  forbidden: 'sources/access-denied',
  'not-found': 'sources/not-found',
  'rate-limited': 'sources/unavailable',
  'server-error': 'sources/unavailable',
  stalled: 'sources/unavailable',
  truncated: 'sources/unavailable',
  unreachable: 'sources/unavailable',
  tls: 'sources/unavailable',
  'refused-host': 'sources/refused-host',
  'wrong-digest': 'sources/wrong-digest',
  moved: 'sources/digest-changed',
  'too-large': 'sources/unsafe-archive',
  malformed: 'sources/malformed-content',
  unsupported: 'sources/unsupported',
} as const satisfies Record<FailureReason, string>

/** The adapter's own words, which name what the remote did and what to do. */
export function remoteFailed(subject: Subject, failure: SourceFailure): Diagnostic {
  return diagnostic(codeOfReason[failure.reason], {
    ...about(subject, redactUrls(failure.message)),
    ...(failure.hint === undefined ? {} : { hint: redactUrls(failure.hint) }),
  })
}

export function missingCredentials(subject: Subject, secret: string, exists: boolean): Diagnostic {
  return diagnostic('sources/missing-credentials', {
    ...about(
      subject,
      exists
        ? `the Secret ${secret} holds no credentials that a source could use`
        : `the Secret ${secret} with its credentials does not exist`,
    ),
    hint: exists
      ? 'its keys should be `username` and `password`, `token`, `.dockerconfigjson`, or `ca.crt`'
      : 'it is looked for in the repository and in the management cluster; recorded facts hold no Secret values',
  })
}

/** `use`: `<namespace>/<name> <host>`. */
export function credentialsElsewhere(subject: Subject, { secret, to }: CredentialUse): Diagnostic {
  return diagnostic('sources/credentials-elsewhere', {
    ...about(
      subject,
      `the credentials of the Secret ${secret} are not sent to ${to}, for which the base of this change does not use them`,
    ),
    hint: 'review where they would go: once it is merged, they are sent there',
  })
}

export function notFound(subject: Subject, what: string, suggestion: string | undefined): Diagnostic {
  return diagnostic('sources/not-found', {
    ...about(subject, what),
    ...(suggestion === undefined ? {} : { hint: suggestion }),
  })
}

/** `newest` are some versions that exist, newest first. */
export function noSuchVersion(subject: Subject, wanted: string, newest: readonly string[]): Diagnostic {
  return diagnostic('sources/no-such-version', {
    ...about(
      subject,
      `no published version ${wanted === '' ? 'is a release' : `is or admits \`${wanted}\``}`,
    ),
    hint:
      newest.length === 0
        ? 'nothing is published there'
        : `published are ${newest.join(', ')}${newest.some((version) => version.includes('-')) ? '; a range admits prereleases only when it names one, as `>=1.2.3-0`' : ''}`,
  })
}

export function malformedVersion(subject: Subject, version: string): Diagnostic {
  return diagnostic('sources/malformed-version', {
    ...about(subject, `\`${version}\` is neither a version nor a range`),
    hint: 'write a version such as 1.2.3 or a range such as ~1.2, >=1.2 <2 or ^1 || ^2',
  })
}

export function unpackFailed(subject: Subject, fault: UnpackFault): Diagnostic {
  return fault.kind === 'unsafe'
    ? diagnostic('sources/unsafe-archive', {
        ...about(subject, `the archive is refused: ${fault.message}`),
        hint: 'do not use it; ask the publisher for an archive made with `helm package` or plain tar',
      })
    : malformedContent(subject, fault.message)
}

function malformedContent(subject: Subject, what: string): Diagnostic {
  return diagnostic('sources/malformed-content', {
    ...about(subject, what),
    hint: 'open the address by hand and see what comes: a login page, an error text, a damaged file?',
  })
}

export function unsupportedSource(subject: Subject, what: string): Diagnostic {
  return diagnostic('sources/unsupported', {
    ...about(subject, what),
    hint: 'use https, http, oci, or ssh for Git; put local charts into the repository',
  })
}

export function escapingLink(subject: Subject, path: string): Diagnostic {
  return diagnostic('sources/escaping-link', {
    ...about(subject, `the symbolic link \`${path}\` leads out of the repository or to itself`),
    hint: 'replace the link by the file, or let it point into the repository',
  })
}

export function fileLeftOut(subject: Subject, path: string): Diagnostic {
  return diagnostic('sources/file-left-out', {
    ...about(subject, `\`${path}\` has more than ${maxFileBytes / 1024 / 1024} MiB and is left out`),
    hint: 'no manifest should need it; if one does, make the file smaller',
  })
}

export function remotesTooDeep(subject: Subject): Diagnostic {
  return diagnostic('sources/remotes-too-deep', {
    ...about(
      subject,
      `its remote bases go deeper than ${maxRemoteDepth} levels or are more than ${maxRemotes}`,
    ),
    hint: 'copy the bases into the repository, or break the circle of references',
  })
}

function about({ key, origin }: Subject, what: string): { message: string; span?: Span } {
  return { message: `${redactUrls(key)}: ${what}`, ...(origin === undefined ? {} : { span: spanOf(origin) }) }
}

function spanOf({ document, path }: SourceOrigin): Span {
  return locate(document, path)
}

function shellQuote(text: string): string {
  return /^[\w@%+=:,./-]+$/.test(text) ? text : `'${redactUrls(text).replaceAll("'", String.raw`'\''`)}'`
}
