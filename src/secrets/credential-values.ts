import { tryBase64 } from './base64-spellings.ts'
import type { CredentialRules } from './credential-rules.ts'
import { credentialsIn } from './credential-texts.ts'
import { decodedTexts, hasEscapes } from './decoded-texts.ts'
import type { SecretValue } from './secret-value.ts'
import { toText } from './spellings.ts'

/** What looks like a credential, and what it is the base64 of: Secrets stand inside of texts, too. */
export function credentialValues(
  text: string,
  rules: CredentialRules,
): readonly Omit<SecretValue, 'place'>[] {
  const plain = { text, unescaped: true }
  return [plain, ...(hasEscapes(text) ? decodedTexts(text) : [])].flatMap(({ text: decoded, unescaped }) =>
    (unescaped ? credentialsIn(decoded, rules) : []).flatMap(({ start, end, guessed }) => {
      const value = decoded.slice(start, end)
      const bytes = value.length < 8 ? undefined : tryBase64(value)
      const values = bytes === undefined || toText(bytes) === undefined ? [value] : [value, bytes]
      return values.map((each) => ({ value: each, ...(guessed && { guessed }) }))
    }),
  )
}
