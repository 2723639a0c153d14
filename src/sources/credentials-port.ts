import type { CredentialsReference } from '../resolve/types.ts'

/** Secrets and config maps of the repository or the management cluster that hold credentials. */
export interface CredentialsReader {
  /** Decoded entries, by key; undefined when there is no such object. Throws EnvironmentError when it cannot be asked. */
  read(reference: CredentialsReference): Promise<Readonly<Record<string, string>> | undefined>
}
