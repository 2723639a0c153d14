import { Buffer } from 'node:buffer'
import { looksRandom } from './credential-name.ts'
import type { Interval } from './intervals.ts'

/** Credentials that are known by their own form, whatever stands before them; in no order. */
export function* recognisedIn(text: string): Iterable<Interval> {
  yield* tokensIn(text)
  yield* privateKeysIn(text)
  yield* addressesIn(text)
  yield* headersIn(text)
}

/** Tokens that their issuers made to be recognised. */
const issued = new RegExp(
  String.raw`(?<![A-Za-z0-9])(?:${[
    'gh[pousr]_[A-Za-z0-9]{20,}',
    'github_pat_[A-Za-z0-9_]{20,}',
    'gl(?:pat|dt|rt|cbt|ptt|ft|soat)-[A-Za-z0-9_-]{16,}',
    '(?:AKIA|ASIA|ABIA|ACCA)[A-Z0-9]{16}(?![A-Za-z0-9])',
    'AIza[A-Za-z0-9_-]{30,}',
    'ya29\\.[A-Za-z0-9_-]{16,}',
    'GOCSPX-[A-Za-z0-9_-]{20,}',
    'xox[abeoprs]-[A-Za-z0-9-]{10,}',
    'xapp-[A-Za-z0-9-]{10,}',
    '(?:sk|rk)_(?:live|test)_[A-Za-z0-9]{10,}',
    'whsec_[A-Za-z0-9+/=]{16,}',
    'sk-(?:ant-|proj-)?[A-Za-z0-9_-]{24,}',
    'SG\\.[A-Za-z0-9_-]{16,}\\.[A-Za-z0-9_-]{16,}',
    'npm_[A-Za-z0-9]{30,}',
    'pypi-[A-Za-z0-9_-]{30,}',
    'dckr_pat_[A-Za-z0-9_-]{20,}',
    'hv[sbr]\\.[A-Za-z0-9_-]{20,}',
    'dop_v1_[a-f0-9]{32,}',
    'AGE-SECRET-KEY-1[A-Z0-9]{50,}',
    // JSON Web Tokens.
    'eyJ[A-Za-z0-9_-]{8,}\\.[A-Za-z0-9_-]{8,}\\.[A-Za-z0-9_-]*',
  ].join('|')})`,
  'g',
)

function* tokensIn(text: string): Iterable<Interval> {
  for (const match of text.matchAll(issued)) yield whole(match)
  // The address is the credential.
  const hooks = /(?<=hooks\.slack\.com\/(?:services|workflows|triggers)\/)[\w/-]+/g
  for (const match of text.matchAll(hooks)) yield whole(match)
}

function* privateKeysIn(text: string): Iterable<Interval> {
  for (const { index, 0: head } of text.matchAll(/-----BEGIN [A-Z0-9 ]{0,40}PRIVATE KEY[A-Z ]{0,20}-----/g)) {
    const foot = text.indexOf('-----END ', index + head.length)
    const end = foot < 0 ? -1 : text.indexOf('-----', foot + 9)
    yield { start: index, end: end < 0 ? text.length : end + 5 }
  }
  for (const match of text.matchAll(/(?<![A-Za-z0-9+/])LS0tLS1CRUdJTi[A-Za-z0-9+/]{20,}={0,2}/g)) {
    const head = Buffer.from(match[0].slice(0, 80), 'base64').toString('latin1')
    if (head.includes('PRIVATE KEY')) yield whole(match)
  }
}

/** `scheme://user:password@host`, and long users without a password, which are tokens. */
function* addressesIn(text: string): Iterable<Interval> {
  const addresses = /(?<![a-z0-9+.-])[a-z][a-z0-9+.-]{0,30}:\/\/([^\s/?#@:"'<>`]*)(?::([^\s/?#@"'<>`]*))?@/dgi
  for (const { indices, 1: user = '', 2: password } of text.matchAll(addresses)) {
    const place = password === undefined ? indices?.[1] : indices?.[2]
    if (place === undefined || isVariable(password ?? user)) continue
    if (password !== undefined || looksRandom(user)) yield { start: place[0], end: place[1] }
  }
}

function isVariable(text: string): boolean {
  return /^\$(?:\([^()]*\)|\{[^{}]*\}|\w+)$|^\{\{/.test(text)
}

/** `Authorization: Basic …` and `Bearer …`; the words stand in prose, too. */
function* headersIn(text: string): Iterable<Interval> {
  const headers = /(?<![A-Za-z0-9])(basic|bearer|token)[ \t]+([A-Za-z0-9._~+/-]{8,}={0,2})/dgi
  for (const { indices, 1: scheme = '', 2: value = '' } of text.matchAll(headers)) {
    const place = indices?.[2]
    const isCredential =
      scheme.toLowerCase() === 'basic'
        ? isPair(value)
        : /\d/.test(value) && /[A-Za-z]/.test(value) && value.length >= 16
    if (place !== undefined && isCredential) yield { start: place[0], end: place[1] }
  }
}

/** Whether a text is the base64 of `user:password`. */
export function isPair(base64: string): boolean {
  return /^[\x20-\x7e]*:[^\0-\x1f]*$/.test(Buffer.from(base64, 'base64').toString('latin1'))
}

function whole({ index, 0: { length } }: RegExpExecArray): Interval {
  return { start: index, end: index + length }
}
