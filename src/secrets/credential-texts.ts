import { assignmentsIn } from './credential-assignments.ts'
import { recognisedIn } from './recognised-credentials.ts'
import type { CredentialRules } from './credential-rules.ts'
import { embeddedSecrets } from './embedded-secrets.ts'
import type { Interval } from './intervals.ts'

export interface CredentialPlace extends Interval {
  /** A name in front of it says so, and nothing else. */
  readonly guessed: boolean
}

const none: readonly never[] = []

/** Something of every credential that is looked for; a text without any of these has none. */
const hint =
  /pass|pwd|secret|token|key|cred|cookie|connection|auth|bearer|basic|hooks\.slack|:\/\/[^\s/]*@|eyJ|LS0tLS1|gh[pousr]_|github_pat|gl[a-z]+-|A[KSBC][IC]A|AIza|ya29|GOCSPX|xox|xapp|[sr]k_|sk-|SG\.|npm_|pypi-|dckr|hv[sbr]\.|dop_v1/i

/** Expressions run over parts of a text: what they remember on the way grows with it. */
const partLength = 1 << 20
/** What stands across the end of a part is found in the next. */
const overlap = 1 << 13

/** Where a text holds what looks like a credential, by its form or by the name in front of it; in no order. */
export function credentialsIn(text: string, rules: CredentialRules): readonly CredentialPlace[] {
  if (text.length <= partLength) return hint.test(text) ? credentialsInPart(text, rules) : none
  const found: CredentialPlace[] = []
  for (let start = 0; start < text.length; start += partLength - overlap) {
    for (const interval of credentialsIn(text.slice(start, start + partLength), rules)) {
      found.push({ ...interval, start: start + interval.start, end: start + interval.end })
    }
  }
  return found
}

function credentialsInPart(text: string, rules: CredentialRules): readonly CredentialPlace[] {
  return [
    ...[...recognisedIn(text), ...embeddedSecrets(text)].map((place) => ({ ...place, guessed: false })),
    ...[...assignmentsIn(text, rules)].map((place) => ({ ...place, guessed: true })),
  ]
}
