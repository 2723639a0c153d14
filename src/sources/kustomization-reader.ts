import type { Engine } from '../engine/types.ts'

/** Tells what a kustomization lacks, given what it has. */
export type KustomizationReader = Pick<Engine, 'kustomizationNeeds'>
