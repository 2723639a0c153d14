import { Buffer } from 'node:buffer'

/** Takes out of texts what nobody may read. */
export interface Redaction {
  /** From now on this value never comes through. Those that come and go, such as tokens, are forgotten in the order they came. */
  hide(value: string): void
  /** A line of JSON, or any text. */
  redact(text: string): string
}

const redacted = '[redacted]'

/** What is shorter would be found in words that are no secret. */
const shortestSecret = 6

/** Tokens are valid for an hour; so many are handed out in far more than that. */
const mostPassing = 500

/**
 * Values that look like a credential whatever they are: tokens of GitHub, JSON Web Tokens, PEM keys, passwords in URLs,
 * headers. In a line of JSON line ends are `\n`, and a text ends at its quote.
 */
const patterns: readonly (readonly [RegExp, string])[] = [
  [/\bgh[a-z]_[A-Za-z0-9_.-]{16,}/g, redacted],
  [/\bgithub_pat_[A-Za-z0-9_]{16,}/g, redacted],
  [/\beyJ[A-Za-z0-9_-]{8,}\.[A-Za-z0-9_-]{8,}\.[A-Za-z0-9_-]*/g, redacted],
  [/-----BEGIN [A-Z ]*PRIVATE KEY-----[^"]*/g, redacted],
  [/\b(bearer|basic|token) +[A-Za-z0-9+/=_.~-]{8,}/gi, `$1 ${redacted}`],
  [/([a-z][a-z0-9+.-]*:\/\/)[^\s/"@]*@/gi, `$1${redacted}@`],
]

/** Fields that are redacted whatever they hold. */
const tellingName = /authorization|password|passphrase|secret|token|cookie|credential|private.?key|api.?key/i

export function isTellingName(name: string): boolean {
  return tellingName.test(name)
}

export const redactedValue = redacted

/** `secrets` are hidden for good. */
export function createRedaction(secrets: readonly string[]): Redaction {
  const kept = new Set(secrets.flatMap(spellings))
  const passing = new Set<string>()
  const replaceAll = (text: string, values: Iterable<string>): string => {
    let result = text
    for (const value of values) if (result.includes(value)) result = result.replaceAll(value, redacted)
    return result
  }
  return {
    hide(value) {
      for (const spelling of spellings(value)) passing.add(spelling)
      for (const oldest of passing) {
        if (passing.size <= mostPassing) break
        passing.delete(oldest)
      }
    },
    redact(text) {
      const known = replaceAll(replaceAll(text, kept), passing)
      return patterns.reduce((line, [pattern, instead]) => line.replace(pattern, instead), known)
    },
  }
}

/** As itself, in JSON, in a URL, and in base64; of several lines each. */
function spellings(secret: string): readonly string[] {
  const value = secret.trim()
  const all = [
    value,
    JSON.stringify(value).slice(1, -1),
    encodeURIComponent(value),
    Buffer.from(value).toString('base64'),
    ...value.split(/\r?\n|\\n/).filter((line) => line.length >= 16 && !line.startsWith('-----')),
  ]
  // The longest first: what is left of a secret when a part of it was taken out may still tell.
  return [...new Set(all)]
    .filter(({ length }) => length >= shortestSecret)
    .sort((a, b) => b.length - a.length)
}
