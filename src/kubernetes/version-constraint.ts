import { parse, type SemVer } from 'semver'

/**
 * Version ranges as Helm and Flux read them (Masterminds/semver v3.5). npm's own ranges differ where it hurts: they have
 * no `!=`, refuse commas, let `1.2.3-0` admit prereleases of 1.2.3 alone, and read `>11` as `>=12.0.0-0`.
 */
export interface VersionConstraint {
  readonly groups: readonly { readonly terms: readonly Term[]; readonly prereleases: boolean }[]
}

interface Term {
  readonly operator: Operator
  readonly version: SemVer
  /** A part was left out or is a wildcard: any part, the minor one, the patch one alone. */
  readonly dirty: boolean
  readonly minorDirty: boolean
  readonly patchDirty: boolean
}

type Operator = '=' | '!=' | '>' | '<' | '>=' | '<=' | '~' | '^'

const written = String.raw`v?([0-9xX*|]+)(\.[0-9xX*|]+)?(\.[0-9xX*|]+)?(-[0-9A-Za-z-]+(?:\.[0-9A-Za-z-]+)*)?(\+[0-9A-Za-z-]+(?:\.[0-9A-Za-z-]+)*)?`
const operators = String.raw`=>|=<|>=|<=|!=|~>|=|>|<|~|\^|`
const segment = new RegExp(
  String.raw`^\s*(?:${operators})\s*${written}\s*(?:(?:\s+|,\s*)(?:${operators})\s*${written}\s*)*$`,
)
const term = new RegExp(String.raw`(${operators})\s*(${written})`, 'g')
const hyphen = new RegExp(String.raw`\s*(${written})\s+-\s+(${written})\s*`, 'g')
const aliases: Readonly<Record<string, Operator>> = { '': '=', '=>': '>=', '=<': '<=', '~>': '~' }

/** Longest range that is read; upstream's limits. */
const maxLength = 512
const maxGroups = 32

/** A version as Masterminds' NewVersion takes it: a leading `v`, missing parts and leading zeros are fine, spaces are not. */
export function tryParseVersion(text: string): SemVer | undefined {
  const match = /^v?0*(\d+)(?:\.0*(\d+))?(?:\.0*(\d+))?(-[0-9A-Za-z.-]+)?(\+[0-9A-Za-z.-]+)?$/.exec(text)
  if (match === null || text.length > 256) return undefined
  const [, major = '0', minor = '0', patch = '0', prerelease = '', build = ''] = match
  return parse(`${major}.${minor}.${patch}${prerelease}${build}`) ?? undefined
}

/** All three parts are written, so that it can only mean one version. */
export function isExactVersion(text: string): boolean {
  return /^v?\d+\.\d+\.\d+(?:[-+]|$)/.test(text) && tryParseVersion(text) !== undefined
}

/** Reads a range; undefined when it is none. The empty text means any version. */
export function tryParseConstraint(text: string): VersionConstraint | undefined {
  if (text.length > maxLength) return undefined
  const rewritten = (text === '' ? '*' : text).replace(hyphen, (_, from: string, ...rest: unknown[]) => {
    const to = rest[5]
    return `>= ${from}, <= ${typeof to === 'string' ? to : ''} `
  })
  const groups: VersionConstraint['groups'][number][] = []
  for (const part of rewritten.split('||')) {
    if (!segment.test(part)) return undefined
    const terms: Term[] = []
    for (const match of part.matchAll(term)) {
      const parsed = parseTerm(match)
      if (parsed === undefined) return undefined
      terms.push(parsed)
    }
    groups.push({ terms, prereleases: terms.some(({ version }) => version.prerelease.length > 0) })
  }
  return groups.length > maxGroups ? undefined : { groups }
}

function parseTerm(match: RegExpExecArray): Term | undefined {
  const [, operator = '', , major = '', minor = '', patch = '', prerelease = ''] = match
  const open = (part: string): boolean => /^\.?[xX*]?$/.test(part)
  const parts = open(major)
    ? ['0', '0', '0']
    : open(minor)
      ? [major, '0', '0']
      : open(patch)
        ? [major, minor.slice(1), '0']
        : [major, minor.slice(1), patch.slice(1)]
  const version = tryParseVersion(parts.join('.') + prerelease)
  if (version === undefined) return undefined
  const minorDirty = !open(major) && open(minor)
  return {
    operator: aliases[operator] ?? (operator as Operator),
    version,
    dirty: open(major) || open(minor) || open(patch),
    minorDirty,
    patchDirty: !open(major) && !minorDirty && open(patch),
  }
}

/** Whether `version` lies in the range. Prereleases count only in a group that names one itself. */
export function satisfies(version: SemVer, constraint: VersionConstraint): boolean {
  return constraint.groups.some(
    ({ terms, prereleases }) =>
      (prereleases || version.prerelease.length === 0) && terms.every((each) => meets(version, each)),
  )
}

function meets(version: SemVer, term: Term): boolean {
  const order = version.compare(term.version)
  switch (term.operator) {
    case '=':
      return term.dirty ? meetsTilde(version, term) : order === 0
    case '!=':
      return differs(version, term)
    case '>':
      return exceeds(version, term)
    case '<':
      return order < 0
    case '>=':
      return order >= 0
    case '<=':
      return staysWithin(version, term)
    case '~':
      return meetsTilde(version, term)
    case '^':
      return meetsCaret(version, term)
  }
}

function differs(version: SemVer, { version: named, dirty, minorDirty, patchDirty }: Term): boolean {
  if (!dirty) return version.compare(named) !== 0
  if (named.major !== version.major) return true
  if (minorDirty) return false
  if (named.minor !== version.minor) return true
  if (patchDirty) return version.prerelease.join('.') !== named.prerelease.join('.')
  return version.compare(named) !== 0
}

/** `>11` wants 12 or more, `>11.1` wants 11.2 or more. */
function exceeds(version: SemVer, { version: named, dirty, minorDirty, patchDirty }: Term): boolean {
  if (!dirty) return version.compare(named) > 0
  if (version.major !== named.major) return version.major > named.major
  if (minorDirty) return false
  if (patchDirty) return version.minor > named.minor
  return version.compare(named) > 0
}

function staysWithin(version: SemVer, { version: named, dirty, minorDirty }: Term): boolean {
  if (!dirty) return version.compare(named) <= 0
  if (version.major > named.major) return false
  return !(version.major === named.major && version.minor > named.minor && !minorDirty)
}

function meetsTilde(version: SemVer, { version: named, minorDirty, patchDirty }: Term): boolean {
  if (version.compare(named) < 0) return false
  const anything = named.major === 0 && named.minor === 0 && named.patch === 0 && !minorDirty && !patchDirty
  if (anything) return true
  return version.major === named.major && (minorDirty || version.minor === named.minor)
}

function meetsCaret(version: SemVer, { version: named, minorDirty, patchDirty }: Term): boolean {
  if (version.compare(named) < 0) return false
  if (named.major > 0 || minorDirty) return version.major === named.major
  if (version.major > 0) return false
  if (named.minor > 0 || patchDirty) return version.minor === named.minor
  return version.minor === 0 && version.patch === named.patch
}
