import type { CredentialName } from './credential-name.ts'

export interface CredentialRules {
  readonly nameOf: (name: string) => CredentialName | undefined
  readonly isPublic: (text: string) => boolean
}
