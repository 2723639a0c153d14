import type { VersionComparison } from '../../intent/types.ts'
import { satisfies, tryParseConstraint, tryParseVersion } from '../../kubernetes/version-constraint.ts'
import type { ClassifierReason } from '../types.ts'
import { noMatch, type Verdict } from './verdict.ts'

const operators: Readonly<Record<VersionComparison['comparison'], string>> = {
  Equal: '=',
  NotEqual: '!=',
  GreaterThan: '>',
  LessThan: '<',
  GreaterThanOrEqualTo: '>=',
  LessThanOrEqualTo: '<=',
}

/**
 * Whether a server's version meets all comparisons (sveltos.md 4.2). Only Major.Minor.Patch of it counts, so that neither
 * `-eks-1` nor a prerelease plays a part; a comparison with a part of a version means all of that part, as
 * Masterminds/semver reads it: `= 1.25` is any 1.25, `> 1.25` is 1.26 or later.
 * @example judgeVersion([{ comparison: 'LessThan', version: '1.26.0' }], 'v1.25.9-eks-1') // matches
 */
export function judgeVersion(comparisons: readonly VersionComparison[], gitVersion: string): Verdict {
  const parsed = tryParseVersion(gitVersion)
  if (parsed === undefined)
    return { known: false, reason: 'facts-missing', message: `\`${gitVersion}\` is no version` }
  const version = `${parsed.major}.${parsed.minor}.${parsed.patch}`
  const because: ClassifierReason[] = []
  for (const { comparison, version: wanted } of comparisons) {
    const text = `${operators[comparison]} ${wanted}`
    const constraint = tryParseConstraint(text)
    if (constraint === undefined)
      return { known: false, reason: 'error', message: `\`${wanted}\` is no version` }
    const comparable = tryParseVersion(version)
    if (comparable === undefined || !satisfies(comparable, constraint)) return noMatch
    because.push({ kind: 'version', constraint: text, version })
  }
  return { known: true, matches: true, because }
}
