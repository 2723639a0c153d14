/** A sentence of ours in pieces: what stands between backticks is a name or a value. */
export type Prose = readonly { readonly text: string; readonly isCode: boolean }[]

export function toProse(sentence: string): Prose {
  // With one group, every other piece is what the group found.
  return sentence
    .split(/`([^`\n]+)`/)
    .map((text, index) => ({ text, isCode: index % 2 === 1 }))
    .filter(({ text }) => text !== '')
}
