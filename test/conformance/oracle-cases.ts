import { readFileSync, readdirSync } from 'node:fs'
import { join } from 'node:path'
import { sharedFolder } from '../shared.ts'
import { parseExactJson } from './exact-json.ts'

export type JsonMap = { readonly [key: string]: unknown }

interface Patch {
  readonly patch: string
  readonly target?: { readonly kind?: string }
}

export interface ObjectReference {
  readonly kind: string
  readonly namespace?: string
  readonly name: string
  readonly optional?: boolean
}

/** An object of the management cluster: a ConfigMap or Secret. */
export interface StoredObject {
  readonly kind: string
  readonly type?: string
  readonly metadata: {
    readonly name: string
    readonly namespace?: string
    readonly annotations?: Readonly<Record<string, string>>
  }
  readonly data?: Readonly<Record<string, string>>
  readonly stringData?: Readonly<Record<string, string>>
}

/** One case of the oracle; which inputs are there depends on the operation (the oracle's README). */
export interface OracleCase {
  readonly id: string
  readonly area: string
  readonly op: string
  readonly input: {
    readonly cluster: { readonly metadata: { readonly name: string; readonly namespace?: string } } & JsonMap
    readonly kubeadmControlPlane?: JsonMap | null
    readonly infrastructureProvider?: JsonMap | null
    readonly mgmtResources?: JsonMap | null
    readonly objects?: readonly StoredObject[]
    readonly template?: string | boolean
    readonly templates?: readonly string[]
    readonly text?: string
    readonly oneForEvent?: boolean
    readonly eventReport?: {
      readonly matchingResources?: readonly JsonMap[]
      readonly resources?: readonly JsonMap[] | string
      readonly cloudEvents?: readonly JsonMap[]
    }
    readonly data?: Readonly<Record<string, string>>
    readonly lua?: boolean
    readonly chart?: { readonly values?: string; readonly valuesFrom?: readonly ObjectReference[] } & JsonMap
    readonly ref?: {
      readonly values?: Readonly<Record<string, string>>
      readonly valuesFrom?: readonly ObjectReference[]
    }
    readonly resource?: string
    readonly resources?: readonly JsonMap[]
    readonly patches?: readonly Patch[]
    readonly patchesFrom?: readonly ObjectReference[]
    readonly manifest?: string
  }
  readonly expected: JsonMap
}

/** The cases of an area, sorted by id; numbers keep their text where they are printed again. */
export function readOracle(area: string): readonly OracleCase[] {
  const shared = sharedFolder()
  if (shared === undefined) return []
  const folder = join(shared, 'corpus/oracle', area)
  return readdirSync(folder)
    .sort()
    .map((file) => parseExactJson(readFileSync(join(folder, file), 'utf8')) as OracleCase)
}
