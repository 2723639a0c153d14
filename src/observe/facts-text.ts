/** A member of a facts file: JSON text, or lines of a list or map, each JSON of its own. */
type Member = string | { readonly type: 'list' | 'map'; readonly lines: readonly string[] }

/**
 * Prints a facts file: a line for each member, in the order of their names, and for each element of the lists and maps
 * that grow; so that what changes in a cluster is lines in the history of the branch.
 */
export function factsText(members: Readonly<Record<string, Member | undefined>>): string {
  const rows = Object.entries(members)
    .flatMap(([name, member]) => (member === undefined ? [] : [[name, member] as const]))
    .sort(([a], [b]) => (a < b ? -1 : 1))
    .map(([name, member]) => `  ${JSON.stringify(name)}: ${memberText(member)}`)
  return rows.length === 0 ? '{}\n' : `{\n${rows.join(',\n')}\n}\n`
}

function memberText(member: Member): string {
  if (typeof member === 'string') return member
  const [open, close] = member.type === 'list' ? '[]' : '{}'
  if (member.lines.length === 0) return `${open}${close}`
  return `${open}\n${member.lines.map((line) => `    ${line}`).join(',\n')}\n  ${close}`
}
