import { posix } from 'node:path'
import picomatch from 'picomatch'

/** `fleet/app.yaml`, `fleet/app.yml`. */
export function isYamlPath(path: string): boolean {
  return /\.ya?ml$/i.test(path)
}

/** Whether some folder of the path begins with a dot. The file itself may: `.sops.yaml` is seen, `.github/x.yaml` is not. */
export function isInHiddenFolder(path: string): boolean {
  return /(?:^|\/)\.[^/]*\//.test(path)
}

/** `.`, `..`, empty or absolute: what no ordinary Git client writes. */
export function isUnsafePath(path: string): boolean {
  return path.split('/').some((segment) => segment === '' || segment === '.' || segment === '..')
}

/** Whether the target of a symbolic link lies outside the repository's root. */
export function leavesRepository(linkPath: string, target: string): boolean {
  if (posix.isAbsolute(target) || /^[A-Za-z]:[\\/]/.test(target)) return true
  const resolved = posix.normalize(posix.join(posix.dirname(linkPath), target))
  return resolved === '..' || resolved.startsWith('../')
}

/** Says whether a path lies in one of the folders or below; `''` is the root and holds everything. */
export function folderTest(folders: Iterable<string>): (path: string) => boolean {
  const known = new Set(folders)
  if (known.has('')) return () => true
  return (path) => {
    for (let end = path.lastIndexOf('/'); end > 0; end = path.lastIndexOf('/', end - 1)) {
      if (known.has(path.slice(0, end))) return true
    }
    return false
  }
}

/** Files of a chart at the repository's root: the rest of such a repository may well be a fleet. */
const rootChartContent = /^(?:templates|charts|crds|ci)\/|^(?:Chart\.yaml|Chart\.lock|values[^/]*\.ya?ml)$/

/** Says whether a path belongs to a Helm chart of the repository, charts being known by their `Chart.yaml`. */
export function chartTest(paths: Iterable<string>): (path: string) => boolean {
  const folders: string[] = []
  let rootIsChart = false
  for (const path of paths) {
    if (path === 'Chart.yaml') rootIsChart = true
    else if (path.endsWith('/Chart.yaml')) folders.push(posix.dirname(path))
  }
  const isInChart = folderTest(folders)
  return (path) => isInChart(path) || (rootIsChart && rootChartContent.test(path))
}

/** Says whether include and exclude patterns of fleetwright.yaml let a path through. A pattern of a folder means all below it. */
export function patternTest(
  include: readonly string[],
  exclude: readonly string[],
): (path: string) => boolean {
  const isIncluded = include.length === 0 ? () => true : anyOf(include)
  const isExcluded = exclude.length === 0 ? () => false : anyOf(exclude)
  return (path) => isIncluded(path) && !isExcluded(path)
}

function anyOf(patterns: readonly string[]): (path: string) => boolean {
  const spread = patterns.flatMap((pattern) => {
    const clean = pattern.replace(/^\.?\//, '').replace(/\/$/, '')
    return [clean, `${clean}/**`]
  })
  return picomatch(spread, { dot: true })
}
