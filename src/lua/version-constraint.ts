import semver from 'semver'

/**
 * sprig's semverCompare: constraints as Masterminds/semver reads them (`>=1.2 <2 || ^3`, commas are ands, `!=`),
 * version second.
 */
export function compareVersion(constraint: string, version: string): boolean | { readonly problem: string } {
  const parsed = semver.parse(semver.valid(version) ?? completed(version))
  const alternatives = constraint.split('||').map((part) => part.trim())
  const terms = alternatives.map((part) => termsOf(part))
  if (terms.some((list) => list === undefined)) return { problem: `improper constraint: ${constraint}` }
  if (parsed === null) return { problem: 'invalid semantic version' }
  return terms.some((list) => (list ?? []).every((term) => holds(term, parsed)))
}

const term =
  /^(!=|>=|=>|<=|=<|>|<|=|~>|~|\^)?\s*v?([0-9*xX]+(?:\.[0-9*xX]+){0,2}(?:-[0-9A-Za-z.-]+)?(?:\+[0-9A-Za-z.-]+)?)$/

function termsOf(part: string): string[] | undefined {
  const hyphen = /^\s*v?(\S+)\s+-\s+v?(\S+)\s*$/.exec(part)
  if (hyphen !== null) return [`>=${hyphen[1] ?? ''}`, `<=${hyphen[2] ?? ''}`]
  const joined = part.replace(/([!=<>~^]+)\s+/g, '$1')
  const list = joined.split(/[,\s]+/).filter((one) => one !== '')
  return list.length > 0 && list.every((one) => term.test(one)) ? list : undefined
}

function holds(written: string, version: semver.SemVer): boolean {
  const [, operator = '=', number = ''] = term.exec(written) ?? []
  if (operator === '!=') return !semver.satisfies(version, number)
  const same: Readonly<Record<string, string>> = { '=>': '>=', '=<': '<=', '~>': '~', '=': '' }
  return semver.satisfies(version, `${same[operator] ?? operator}${number}`)
}

/** `1.2` → `1.2.0`, as Masterminds completes it. */
function completed(version: string): string | undefined {
  const match = /^v?(\d+)(?:\.(\d+))?(?:\.(\d+))?((?:-[0-9A-Za-z.-]+)?(?:\+[0-9A-Za-z.-]+)?)$/.exec(version)
  if (match === null) return undefined
  const [, major = '0', minor = '0', patch = '0', rest = ''] = match
  return `${major}.${minor}.${patch}${rest}`
}
