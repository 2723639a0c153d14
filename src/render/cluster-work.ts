import type { Lookup } from '../engine/types.ts'
import type { Facts } from '../observe/types.ts'
import type { ClusterPlan, Hold, PlannedUnit } from '../resolve/types.ts'
import type { UnitInputs } from './inputs-digest.ts'
import type { LookupAnswers } from './lookup-answers.ts'
import type { RenderOptions, RenderSource } from './render-options.ts'
import type { UnitObjects } from './render-unit.ts'
import type { SharedRender } from './shared-render.ts'
import type { SourceFiles } from './source-files.ts'
import type { UnitRecord } from './types.ts'

/** What the clusters of one compile share. */
export interface ClusterWork extends RenderOptions {
  readonly facts: Facts
  readonly sources: ReadonlyMap<string, RenderSource>
  readonly digest: (value: object) => string
  readonly files: SourceFiles
  readonly shared: SharedRender
  /** Kinds that Kubernetes itself has at this version, `<group>/<Kind>`. */
  readonly builtIn: (kubeVersion: string) => Readonly<Record<string, boolean>>
  readonly onUnit: () => void
}

/** A cluster of which it is known what would have to be rendered. */
export interface PreparedCluster {
  readonly id: string
  readonly plan: ClusterPlan
  readonly answers: LookupAnswers
  readonly units: readonly PreparedUnit[]
  readonly digest: string
  /** The branch has all of it. */
  readonly isKnown: boolean
}

/** A unit with its inputs, or why it stays as it is. */
export type PreparedUnit = GivenUnit | HeldUnit

export interface GivenUnit {
  readonly unit: PlannedUnit
  readonly given: UnitInputs
  /** Of `given`. */
  readonly digest: string
  /** What its chart looked up the last time. */
  readonly expected: readonly Lookup[]
  /** Digest of all its inputs, provided that it looks up what it did the last time. */
  readonly inputs: string
}

export interface HeldUnit {
  readonly unit: PlannedUnit
  readonly hold: Hold
  /** What it looked up in vain, where that is why. */
  readonly looked?: readonly Lookup[]
}

/** A unit with what it renders to: from the engine, or from the record of the rendered branch. */
export type Attempt = RenderedAttempt | HeldUnit

export interface RenderedAttempt {
  readonly prepared: GivenUnit
  readonly record: UnitRecord
  /** Absent where the record is that of the branch. */
  readonly objects?: UnitObjects
}
