import { Buffer } from 'node:buffer'
import { looksMade, looksRandom } from './credential-name.ts'
import type { CredentialRules } from './credential-rules.ts'
import { credentialValues } from './credential-values.ts'
import { shortestPattern } from './pattern-search.ts'
import { spellingsOf, toText, type Spelling } from './spellings.ts'

const shortestBytes = 12
/** Of what is made of words; as `changeit` or `redis-password`, others have the same by chance. */
const shortestWords = 16

/**
 * Whether a value is looked for everywhere, and not hidden in its own Secret and in places of credentials alone. It is not
 * - where it has fewer than six characters, fewer than eight that are all digits, or fewer than twelve bytes that are no
 *   text: others have them by chance, and plain words that somebody put where base64 belongs stand for such bytes;
 * - where it is a public word of the fleet (a name, a namespace, a label, a part of an image …), or the address of a host
 *   or page without a user, or nothing but signs, and nothing in it looks random;
 * - where it is made of certificates and public keys;
 * - where it is made of words (`looksMade`) and has fewer than sixteen characters, or only a name says that it is a secret.
 * A value of letters alone is looked for as a word of its own.
 */
export function isSoughtEverywhere(
  value: Uint8Array,
  guessed: boolean,
  isPublic: (text: string) => boolean,
): boolean {
  const text = toText(value)?.trim()
  if (text === undefined) return value.length >= shortestBytes
  if (text.length < shortestPattern || /^\d{1,7}$/.test(text)) return false
  if (!looksMade(text) && (guessed || text.length < shortestWords)) return false
  const isKnown = isPublic(text) || isAddress(text) || !/[A-Za-z0-9]/.test(text)
  if (isKnown && !text.split(/[\s/:@=&?]+/).some(looksRandom)) return false
  return !isPublicKey(text)
}

function isAddress(text: string): boolean {
  return /^(?:https?:\/\/)?(?:[A-Za-z0-9-]+\.)+[A-Za-z][A-Za-z0-9-]*(?::\d+)?(?:\/[\w./-]*)?$/.test(text)
}

function isPublicKey(text: string): boolean {
  if (/^(?:ssh-|ecdsa-sha2-)\S+ [A-Za-z0-9+/=]+(?: \S*)?$/.test(text)) return true
  if (!text.startsWith('-----BEGIN ')) return false
  const heads = [...text.matchAll(/-----BEGIN ([A-Z0-9 ]{1,60})-----/g)].map(([, label = '']) => label)
  return (
    heads.length > 0 &&
    heads.every((label) => /^(?:CERTIFICATE|TRUSTED CERTIFICATE|X509 CRL|(?:RSA )?PUBLIC KEY)$/.test(label))
  )
}

/** Lines of one value that are looked for by themselves; a key of 16,384 bits has 200. */
const maxLines = 1000

/**
 * What is looked for because a value is a secret: the value, what in it is a credential of its own, and of many lines those
 * that hold nothing else would hold. Lines of a configuration that happens to be kept in a Secret stay readable elsewhere.
 */
export function soughtSpellings(
  value: Uint8Array,
  guessed: boolean,
  rules: CredentialRules,
): readonly Spelling[] {
  const { isPublic } = rules
  const parts = credentialParts(value, rules).filter((part) => isSoughtEverywhere(part, guessed, isPublic))
  return [
    ...(isSoughtEverywhere(value, guessed, isPublic) ? spellingsOf(value) : []),
    ...parts.flatMap(spellingsOf),
    ...randomLines(value).map((text): Spelling => ({ text, form: 'plain' })),
  ]
}

function credentialParts(value: Uint8Array, rules: CredentialRules): readonly Uint8Array[] {
  const text = toText(value)
  if (text === undefined) return []
  const trimmed = text.trim()
  const decoded = decodedPair(trimmed)
  const parts = [
    ...(trimmed === text ? [] : [trimmed]),
    ...credentialValues(text, rules).flatMap(({ value: each }) =>
      typeof each === 'string' ? each : (toText(each) ?? []),
    ),
    // htpasswd and basic authentication.
    ...(/^[\w.@-]{1,100}:(?!\/\/)\S+$/.test(trimmed) && !isAddress(trimmed)
      ? [trimmed.slice(trimmed.indexOf(':') + 1)]
      : []),
    ...(decoded === undefined ? [] : [decoded]),
  ]
  // `auth` of a docker configuration holds a password in turn.
  const inner = parts.flatMap((part) => decodedPair(part) ?? [])
  return [...new Set([...parts, ...inner])].map((part) => Buffer.from(part))
}

/** The password of a `user:password` in base64. */
function decodedPair(text: string): string | undefined {
  if (text.length < 8 || text.length > 10_000 || !/^[A-Za-z0-9+/]+={0,2}$/.test(text)) return undefined
  return /^[\x20-\x39\x3b-\x7e]{1,100}:([\x20-\x7e]+)$/.exec(
    Buffer.from(text, 'base64').toString('latin1'),
  )?.[1]
}

/** Of a text of many lines, what looks like key material in each. */
function randomLines(value: Uint8Array): readonly string[] {
  const text = toText(value)
  if (text === undefined || !/[\n{]/.test(text) || isPublicKey(text.trim())) return []
  const words = text.match(/[A-Za-z0-9+/_.~!@#$%^*-]{16,}={0,2}/g) ?? []
  return [...new Set(words)].filter(looksRandom).slice(0, maxLines)
}
