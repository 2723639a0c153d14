/** By code unit, so that no locale plays a part in any output. */
export function compareText(a: string, b: string): number {
  return a < b ? -1 : a > b ? 1 : 0
}
