import { parseExactJson } from '../kubernetes/exact-json.ts'
import { factsText } from './facts-text.ts'
import { observedPath, schemasFolder } from './facts-paths.ts'

/** The same files three times: as they were when observing began, as it left them, as somebody else left them since. */
export interface RecordedSides {
  readonly base: ReadonlyMap<string, string>
  readonly ours: ReadonlyMap<string, string>
  readonly theirs: ReadonlyMap<string, string>
}

/**
 * What is to be recorded when two observed at a time: ours where we saw something new, theirs elsewhere, so that whoever
 * observes some clusters takes nothing away from whoever observed others. Pure.
 */
export function joinRecorded({ base, ours, theirs }: RecordedSides): ReadonlyMap<string, string> {
  if (isSame(base, theirs)) return ours
  const paths = [...new Set([...ours.keys(), ...theirs.keys()])].sort()
  return new Map(
    paths.flatMap((path): [string, string][] => {
      const sides = [base, ours, theirs].map((files) => files.get(path)) as [Text, Text, Text]
      const text = joinTexts(path, ...sides)
      return text === undefined ? [] : [[path, text]]
    }),
  )
}

type Text = string | undefined

function joinTexts(path: string, base: Text, ours: Text, theirs: Text): Text {
  if (path === observedPath) return joinRows(base, ours, theirs)
  // Schemas are named by their digests, and what we need no more they may need.
  return path.startsWith(schemasFolder) ? (ours ?? theirs) : pick(base, ours, theirs)
}

function isSame(a: ReadonlyMap<string, string>, b: ReadonlyMap<string, string>): boolean {
  return a.size === b.size && [...a].every(([path, text]) => b.get(path) === text)
}

function pick(base: Text, ours: Text, theirs: Text): Text {
  return ours === base ? theirs : ours
}

/** Ages of all clusters are in one file. */
function joinRows(base: Text, ours: Text, theirs: Text): Text {
  if (theirs === base || theirs === ours) return ours
  const [before, our, their] = [base, ours, theirs].map(rowsOf) as [Rows, Rows, Rows]
  const ids = [...new Set([...our.keys(), ...their.keys()])].sort()
  const joined = ids.flatMap((id): [string, string][] => {
    const row = pick(before.get(id), our.get(id), their.get(id))
    return row === undefined ? [] : [[id, row]]
  })
  return factsText(Object.fromEntries(joined))
}

type Rows = ReadonlyMap<string, string>

function rowsOf(text: Text): Rows {
  try {
    const rows = parseExactJson(text ?? '{}') as Readonly<Record<string, unknown>>
    return new Map(Object.entries(rows).map(([id, row]) => [id, JSON.stringify(row)]))
  } catch {
    return new Map()
  }
}
