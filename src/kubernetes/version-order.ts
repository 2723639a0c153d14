import { compareText } from './text-order.ts'

/**
 * Orders versions of an API as Kubernetes prefers them by itself, best first: stable before beta before alpha, high before
 * low, and what is no such version last, by its letters (apimachinery `version.CompareKubeAwareVersionStrings`).
 * @example ['v1beta1', 'v2', 'v1', 'foo'].sort(compareVersions) // ['v2', 'v1', 'v1beta1', 'foo']
 */
export function compareVersions(a: string, b: string): number {
  const [left, right] = [parse(a), parse(b)]
  if (left === undefined || right === undefined) {
    if (left !== undefined) return -1
    return right !== undefined ? 1 : compareText(a, b)
  }
  return right.stability - left.stability || right.major - left.major || right.minor - left.minor
}

function parse(version: string) {
  const [, major, stage, minor] = /^v([1-9]\d*)(?:(alpha|beta)([1-9]\d*))?$/.exec(version) ?? []
  if (major === undefined) return undefined
  const stability = stage === undefined ? 2 : stage === 'beta' ? 1 : 0
  return { stability, major: Number(major), minor: Number(minor ?? 0) }
}
