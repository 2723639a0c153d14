import type { TestObject } from './kubernetes-requests.ts'

/** An object, and what is made of it. */
export interface ChangeCase {
  readonly object: TestObject
  /** Status that the server is told before; it decides what may change. */
  readonly status?: object
  /** Changes that are refused: path of the refused field, what is set. */
  readonly refused: readonly Change[]
  readonly accepted: readonly Change[]
}

/** Path with dots and indices → value; undefined removes the field. */
export type Change = Readonly<Record<string, unknown>>

export const named = (apiVersion: string, kind: string, rest: object): TestObject => ({
  apiVersion,
  kind,
  metadata: { name: `${kind.toLowerCase()}-1` },
  ...rest,
})

export const labels = { app: 'web' }

export const claimSpec = { accessModes: ['ReadWriteOnce'], resources: { requests: { storage: '8Gi' } } }
