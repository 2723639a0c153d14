/**
 * Those of `options` that a person may have meant by `input`, nearest first; equal distances by code unit.
 * Near enough is a quarter of the length and one edit more; a change of case alone counts as one edit.
 */
export function suggestionList(input: string, options: Iterable<string>): string[] {
  const threshold = Math.floor(input.length * 0.25) + 1
  const near: { option: string; distance: number }[] = []
  for (const option of new Set(options)) {
    const distance = editDistance(input, option, threshold)
    if (distance <= threshold) near.push({ option, distance })
  }
  return near
    .sort((a, b) => a.distance - b.distance || (a.option < b.option ? -1 : 1))
    .map(({ option }) => option)
}

/** "did you mean `a` or `b`?", or undefined where nothing is near. Names at most three. */
export function didYouMean(input: string, options: Iterable<string>): string | undefined {
  const names = suggestionList(input, options)
    .slice(0, 3)
    .map((name) => `\`${name}\``)
  const last = names.pop()
  if (last === undefined) return undefined
  return `did you mean ${names.length === 0 ? last : `${names.join(', ')} or ${last}`}?`
}

/** Damerau-Levenshtein (optimal string alignment); a result above `threshold` only says "too far". */
function editDistance(from: string, to: string, threshold: number): number {
  if (from === to) return 0
  const a = from.toLowerCase()
  const b = to.toLowerCase()
  if (a === b) return 1
  if (Math.abs(a.length - b.length) > threshold) return threshold + 1
  let beforeLast: number[] = []
  let last = Array.from({ length: b.length + 1 }, (_, column) => column)
  for (let row = 1; row <= a.length; row++) {
    const current = [row]
    for (let column = 1; column <= b.length; column++) {
      const cost = a[row - 1] === b[column - 1] ? 0 : 1
      let distance = Math.min(
        (last[column] ?? 0) + 1,
        (current[column - 1] ?? 0) + 1,
        (last[column - 1] ?? 0) + cost,
      )
      const swapped = row > 1 && column > 1 && a[row - 1] === b[column - 2] && a[row - 2] === b[column - 1]
      if (swapped) distance = Math.min(distance, (beforeLast[column - 2] ?? 0) + 1)
      current.push(distance)
    }
    if (Math.min(...current) > threshold) return threshold + 1
    beforeLast = last
    last = current
  }
  return last[b.length] ?? threshold + 1
}
