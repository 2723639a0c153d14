import { join } from 'node:path'
import { isPlainVariable } from '../adapters/child/program-environment.ts'
import type { Environment } from './action-io.ts'
import type { ActionCommand } from './own-inputs.ts'

/** Settings of fleetwright that are no secrets. Names in lower case, as Windows does not tell them apart. */
const settings = /^fleetwright_(?:cache|offline|concurrency)$/

/** For downloads and fingerprints: the key, and credentials of registries and buckets. */
const secrets =
  /^(?:fleetwright_\w+|netrc|docker_config|helm_registry_config|(?:aws|azure|google|cloudsdk)_\w+)$/

/** For clusters. */
const clusters = /^(?:kubeconfig|kubernetes_service_(?:host|port)|(?:arm)_\w+)$/

export interface ChildRights {
  readonly command: ActionCommand
  /** The head is a stranger's: nothing that it could make use of. */
  readonly isUntrusted: boolean
  /** A folder that is empty. */
  readonly emptyFolder: string
}

/**
 * Environment of the command line: what it needs and nothing else. No token of GitHub and no input is ever in it, for what
 * compiles reads the files of the pull request. Pure.
 */
export function childEnvironment(env: Environment, rights: ChildRights): Environment {
  const { command, isUntrusted, emptyFolder } = rights
  const isAllowed = (name: string): boolean => {
    if (isPlainVariable(name) || settings.test(name)) return true
    if (isUntrusted) return false
    return secrets.test(name) || (command !== 'diff' && clusters.test(name))
  }
  // A secret that a run is not given is an empty variable.
  const kept = Object.entries(env).filter(([name, value]) => value !== '' && isAllowed(name.toLowerCase()))
  return {
    ...Object.fromEntries(kept),
    CI: '1',
    ...(isUntrusted && {
      // Else they are looked for in the home folder.
      NETRC: join(emptyFolder, 'netrc'),
      DOCKER_CONFIG: emptyFolder,
      HELM_REGISTRY_CONFIG: join(emptyFolder, 'registry.json'),
    }),
  }
}
