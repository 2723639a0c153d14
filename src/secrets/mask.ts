import { Buffer } from 'node:buffer'
import { tryBase64 } from './base64-spellings.ts'
import { createCredentialNames } from './credential-name.ts'
import type { CredentialRules } from './credential-rules.ts'
import { credentialsIn } from './credential-texts.ts'
import { decodedTexts, hasEscapes } from './decoded-texts.ts'
import { joined, without, type Interval } from './intervals.ts'
import { soughtSpellings } from './known-values.ts'
import { createMaskNames, masksIn, withoutForgedMasks } from './mask-names.ts'
import { visitObject, type JsonMap } from './object-walk.ts'
import { createPatternSearch, type Hit, type PatternSearch } from './pattern-search.ts'
import type { SecretValue } from './secret-value.ts'
import { wholeRun, type Spelling } from './spellings.ts'

export { collectSecretValues } from './collect-secret-values.ts'

/** Hides secret values in all that is shown. Deterministic for equal calls in equal order. */
export interface Mask {
  /**
   * A message, a line, any text: known values in any encoding and whatever looks like a credential give way to
   * `⟨secret a1b2⟩`. Masks that the text has already stay.
   */
  text(text: string): string
  /**
   * An object: also every value of a Secret, annotations that repeat whole objects, and what a name says to be a
   * credential. The same object where there is nothing to hide, and for an object that this gave.
   */
  object<Value extends JsonMap>(value: Value): Value
}

export interface MaskOptions {
  /** `FLEETWRIGHT_KEY`. Without it masks are ordinals of this report. */
  readonly key?: Uint8Array
  /** Ordinary words of the fleet: names, namespaces, labels, parts of images. Default: none. */
  readonly isPublic?: (text: string) => boolean
}

/**
 * The values of a report → what hides them. Each distinct value has a mask of its own, so that a change always shows; equal
 * values have equal masks. Values that are short, or words that everybody knows, are hidden where they stand as a secret and
 * not where they merely occur (`isSoughtEverywhere`). An encoded value is hidden with the whole run of digits that it stands
 * in, and what is hidden is told apart by its own text: a mask too many never hides a change.
 * @example createMask(collectSecretValues(objects), { key }).text('password=hunter22') // 'password=⟨secret 14f6⟩'
 */
export function createMask(values: Iterable<SecretValue>, options: MaskOptions = {}): Mask {
  const { key, isPublic = () => false } = options
  const known = [...values]
    .map(({ value, ...rest }) => ({ ...rest, bytes: typeof value === 'string' ? Buffer.from(value) : value }))
    // Of equal places the order stays: that of the values themselves would tell of them.
    .sort((a, b) => (a.place < b.place ? -1 : a.place > b.place ? 1 : 0))
  const rules: CredentialRules = { nameOf: createCredentialNames(), isPublic }
  const all = known.map(({ bytes }) => bytes)
  const names = createMaskNames(all, key)
  const search = createSearch(known, rules)
  const hide = (text: string): string => {
    const places = without(secretsIn(text, search, rules), masksIn(text))
    // Beside a mask something may show that was part of another word before.
    return places.length === 0 ? text : hide(replaced(text, places, (each) => names.nameOf(each)))
  }
  const hideWritten = (written: string): string => hide(withoutForgedMasks(written))
  const made = new WeakSet<object>()
  return {
    text: hide,
    object<Value extends JsonMap>(value: Value): Value {
      if (made.has(value)) return value
      const masked = visitObject(value, {
        ...rules,
        secret: (written, origin) =>
          names.nameOf(origin === 'data' ? (tryBase64(written) ?? written) : written),
        text: hideWritten,
        key: hideWritten,
      })
      if (masked !== value) made.add(masked)
      return masked
    },
  }
}

interface KnownValue {
  readonly bytes: Uint8Array
  readonly guessed?: boolean
}

type Search = PatternSearch<Spelling['form']>

function createSearch(values: readonly KnownValue[], rules: CredentialRules): Search {
  const distinct = new Map<string, KnownValue>()
  for (const value of values) {
    const id = Buffer.from(value.bytes).toString('latin1')
    if (value.guessed !== true || !distinct.has(id)) distinct.set(id, value)
  }
  const spellings = new Map<string, Spelling['form']>()
  for (const { bytes, guessed = false } of distinct.values()) {
    for (const { text, form } of soughtSpellings(bytes, guessed, rules)) {
      if (!spellings.has(text)) spellings.set(text, form)
    }
  }
  return createPatternSearch([...spellings].map(([text, about]) => ({ text, about })))
}

/** A text below this can neither hold a value that is sought nor name one. */
const shortestText = 5

const nowhere: readonly Interval[] = []

function secretsIn(text: string, search: Search, rules: CredentialRules): readonly Interval[] {
  if (text.length < shortestText) return nowhere
  const hits = search.find(text)
  const credentials = credentialsIn(text, rules)
  const isEscaped = hasEscapes(text)
  if (hits.length === 0 && credentials.length === 0 && !isEscaped) return nowhere
  const found: Interval[] = [...credentials, ...hits.flatMap((hit) => placeOf(text, hit) ?? [])]
  for (const { text: decoded, toWritten, unescaped } of isEscaped ? decodedTexts(text) : []) {
    for (const hit of search.find(decoded)) {
      const place = placeOf(decoded, hit)
      if (place !== undefined) found.push(toWritten(place))
    }
    if (unescaped) found.push(...credentialsIn(decoded, rules).map(toWritten))
  }
  return found.length === 0 ? nowhere : joined(found)
}

function placeOf(text: string, { start, end, about }: Hit<Spelling['form']>): Interval | undefined {
  if (about !== 'word') return wholeRun(text, { start, end }, about)
  // `postgres` is no part of `postgresql`.
  return /[\w-]/.test(text.charAt(start - 1)) || /[\w-]/.test(text.charAt(end)) ? undefined : { start, end }
}

function replaced(text: string, places: readonly Interval[], nameOf: (text: string) => string): string {
  let result = ''
  let at = 0
  for (const { start, end } of places) {
    result += text.slice(at, start) + nameOf(text.slice(start, end))
    at = end
  }
  return result + text.slice(at)
}
