/**
 * Runs `work` on all items, at most `limit` at a time; results in the order of the items. Throws what was thrown first,
 * once nothing runs any more, and begins nothing after it.
 */
export async function sideBySide<Item, Result>(
  items: readonly Item[],
  limit: number,
  work: (item: Item) => Promise<Result>,
): Promise<readonly Result[]> {
  const results = new Map<number, Result>()
  const failures: unknown[] = []
  const rest = items.entries()
  const takeTurns = async (): Promise<void> => {
    for (const [index, item] of rest) {
      try {
        results.set(index, await work(item))
      } catch (error) {
        failures.push(error)
      }
      if (failures.length > 0) return
    }
  }
  await Promise.all(Array.from({ length: Math.max(1, Math.min(limit, items.length)) }, takeTurns))
  if (failures.length > 0) throw failures[0]
  return [...results].sort(([a], [b]) => a - b).map(([, result]) => result)
}
