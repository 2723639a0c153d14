/**
 * Whether a Secret carries values, told from its canonical YAML, where top-level keys alone start a line and an empty
 * map is `{}`. Values that SOPS encrypted are no secret any more.
 */
export function secretValues(text: string): 'none' | 'encrypted' | 'plain' {
  const filled = [...text.matchAll(/^(?:data|stringData):(.*)\n((?: .*\n)*)/gm)].filter(
    ([, inline, block]) => block !== '' || !/^ ?(?:\{\}|null|)$/.test(inline ?? ''),
  )
  if (filled.length === 0) return 'none'
  const isEncrypted =
    /^sops:/m.test(text) &&
    filled.every(([, inline, block]) => inline === '' && (block ?? '').split('\n').every(isEncryptedLine))
  return isEncrypted ? 'encrypted' : 'plain'
}

function isEncryptedLine(line: string): boolean {
  return line === '' || /^ {2}[^ ].*: ENC\[AES256_GCM,/.test(line)
}
