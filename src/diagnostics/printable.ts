/** Control characters but tab, and the marks that reorder or hide text: a file of a stranger must not steer the terminal. */
const steering = /[\u0000-\u0008\u000a-\u001f\u007f-\u009f\u200b-\u200f\u2028-\u202e\u2060-\u2069\ufeff]/g

/** Text of a stranger as one harmless line: line ends become spaces, control characters `\u{…}`. */
export function printable(text: string): string {
  return text
    .replace(/\s*[\r\n]+\s*/g, ' ')
    .replace(steering, (character) => `\\u{${(character.codePointAt(0) ?? 0).toString(16)}}`)
}
