/** Where facts lie on the rendered branch, and below `--facts DIR`. */
export const factsFolder = '.fleetwright/facts/'
export const eventsFolder = `${factsFolder}events/`
export const schemasFolder = '.fleetwright/schemas/'
export const observedPath = '.fleetwright/observed.json'
export const managementPath = `${factsFolder}management.json`

/** Whether a file of the rendered branch is one of those that facts are made of. */
export function isFactsPath(path: string): boolean {
  return path.startsWith(factsFolder) || path.startsWith(schemasFolder) || path === observedPath
}

/** `fleet/prod` → `.fleetwright/facts/fleet/prod.json`; of `management` its own. */
export function factsPath(cluster: string): string {
  return `${factsFolder}${cluster}.json`
}

export function schemaPath(digest: string): string {
  return `${schemasFolder}${digest}.json`
}

/** `.fleetwright/facts/fleet/prod.json` → `fleet/prod`. */
export function clusterOfPath(path: string): string | undefined {
  const [, id] = /^\.fleetwright\/facts\/([^/]+\/[^/]+)\.json$/.exec(path) ?? []
  return id
}
