/** Stands for the cluster in a sentence that is said of several. */
const clusterMark = '⟨cluster⟩'

/** A sentence about one cluster as it reads for any: equal ones of several clusters are told once. */
export function withoutCluster(text: string, cluster: string | undefined): string {
  return cluster === undefined || cluster === '' ? text : text.replaceAll(cluster, clusterMark)
}
