import type { Hold } from '../resolve/types.ts'
import type { PreviousTree, Tree, TreeCluster } from './types.ts'

/** The tree with the clusters of the branch that it lacks, held; default: all, since what could not be read may be where they are written. */
export function keepClusters(
  tree: Tree,
  previous: PreviousTree,
  hold: Hold,
  isKept: (cluster: string) => boolean = () => true,
): Tree {
  const known = new Set(tree.clusters.map(({ id }) => id))
  const kept = [...previous.clusters].flatMap(([id, { target }]): TreeCluster[] =>
    known.has(id) || !isKept(id) ? [] : [{ id, digest: '', target, hold, heldProfiles: [], units: [] }],
  )
  return { ...tree, clusters: [...tree.clusters, ...kept].sort((a, b) => (a.id < b.id ? -1 : 1)) }
}
