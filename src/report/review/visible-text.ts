/**
 * What cannot be seen or moves what can: control and format characters (bidi, zero width, tags), separators but the plain
 * space, fillers and variation selectors, private ones, halves of surrogate pairs; and combining marks
 * beyond two, which pile up over the neighbouring lines.
 */
const hidden =
  /[\p{Cc}\p{Cf}\p{Co}\p{Cs}\p{Zl}\p{Zp}\u00a0\u1680\u2000-\u200a\u202f\u205f\u3000\u2800\p{Default_Ignorable_Code_Point}]|(?<=\p{M}{2})\p{M}/gu

/** Cheap, since nearly every text is plain. */
const maybeHidden = /[^ -~]/

/**
 * A text with everything invisible shown by its number: `‹U+202E›`. Line ends and tabs stay only where they are asked for.
 * What it gives is well-formed and has as many characters as there are seen.
 */
export function visibleText(text: string, keep = ''): string {
  if (!maybeHidden.test(text)) return text
  return text.replace(hidden, (character) => (keep.includes(character) ? character : codeName(character)))
}

function codeName(character: string): string {
  const code = (character.codePointAt(0) ?? 0).toString(16).toUpperCase().padStart(4, '0')
  return `‹U+${code}›`
}
