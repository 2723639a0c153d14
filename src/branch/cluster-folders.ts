import { deliveryRoots } from './delivery-object.ts'
import { clusterFolder } from './paths.ts'

/** Folders of the branch that hold what is applied for a cluster: what changes outside of them changes nothing in it. */
export function clusterFolders(cluster: string): readonly string[] {
  return ['clusters', 'local', ...deliveryRoots].map((root) => `${root}/${clusterFolder(cluster)}`)
}
