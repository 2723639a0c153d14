import { formatAge } from '../../age.ts'
import { createNameMarker } from '../../page/cluster-name.ts'
import type { Review } from '../../types.ts'
import { clusterList, type ClusterList } from '../cluster-list.ts'
import { countOf } from '../counts.ts'
import { describeSchemas } from '../describe-schemas.ts'
import { listDangers, type ListedDanger } from '../danger-list.ts'
import { listFaults, type ListedFault } from '../fault-list.ts'
import { fleetText, maybeText, type FleetText } from '../fleet-text.ts'
import { describeSides, headingOf } from '../headings.ts'
import { placementRows, type PlacementRow } from '../placement.ts'
import { describeTotals, viewUnit, type UnitView } from '../unit-view.ts'
import { isSilent, reviewVerdict, type Verdict } from '../verdict.ts'
import { dangersModel, type DangersLevel, type DangersModel } from './dangers-model.ts'
import { faultsModel, type FaultsLevel, type FaultsModel } from './faults-model.ts'
import { brakeModel, heldModel, type BrakeModel, type HeldModel } from './held-model.ts'
import { placementModel, type PlacementModel } from './placement-model.ts'
import { routineModel, type RoutineModel, type UnitsModel } from './units-model.ts'
import { upgradesModel, type UpgradesLevel, type UpgradesModel } from './upgrades-model.ts'

/** What `comment.md.hbs` is rendered over. */
export interface CommentModel {
  readonly heading: string
  readonly verdict: FleetText
  readonly isEmpty: boolean
  /** Which states were compared, and how much of the fleet differs. */
  readonly compared: FleetText
  readonly placement: PlacementModel | undefined
  readonly dangers: DangersModel | undefined
  readonly upgrades: UpgradesModel | undefined
  readonly faults: FaultsModel | undefined
  readonly brake: BrakeModel | undefined
  readonly held: HeldModel | undefined
  readonly units: UnitsModel | undefined
  readonly routine: RoutineModel | undefined
  /** What is shown and what is summarised, in a sentence; undefined where all is shown. */
  readonly told: string | undefined
  readonly link: FleetText | undefined
  readonly footer: FooterModel
}

interface FooterModel {
  readonly facts: {
    readonly asOf: FleetText
    readonly age: string
    readonly oldest: FleetText | undefined
    readonly silent: ClusterList | undefined
    readonly never: number
  }
  /** How many objects were checked against schemas, in a sentence; empty where there was nothing to check. */
  readonly schemas: string
  readonly versions: { readonly compiler: FleetText; readonly helm: FleetText; readonly kustomize: FleetText }
  readonly reproduce: FleetText
  readonly link: FleetText | undefined
}

/** How much each section tells. */
export interface Levels {
  readonly dangers: DangersLevel
  readonly faults: FaultsLevel
  readonly upgrades: UpgradesLevel
  /** Reasons of what is held and of a brake. */
  readonly mostReasons: number
  /** Share of the limit for names of clusters in the table of add-ons. */
  readonly namesShare: number
  readonly mostRows: number
  /** Add-ons without a diff: a line for each fold, for each add-on, or a number. */
  readonly units: 'folds' | 'add-ons' | 'number'
  readonly routineLines: boolean
}

export const fullLevels: Levels = {
  ...{ dangers: 'full', faults: 'frames', upgrades: 'full' },
  ...{ mostReasons: 50, namesShare: 0.25, mostRows: Infinity, units: 'folds', routineLines: true },
}

/** What all sections are made of, worked out once. */
export interface CommentSource {
  readonly review: Review
  readonly verdict: Verdict
  readonly isEmpty: boolean
  /** Where it stands, something was told before. */
  readonly wasTold: boolean
  readonly placement: readonly PlacementRow[]
  readonly dangers: readonly ListedDanger[]
  readonly faults: readonly ListedFault[]
  /** Add-ons with news. */
  readonly views: readonly UnitView[]
  readonly routine: readonly UnitView[]
}

/** So much of one value or table is read in a comment. */
const folded = { mostLines: 60, mostRows: 20 }

export function commentSource(review: Review, wasTold: boolean): CommentSource {
  const { folds } = review.comparison
  const viewOptions = { ...folded, markName: createNameMarker() }
  return {
    review,
    verdict: reviewVerdict(review),
    isEmpty: isSilent(review),
    wasTold,
    placement: placementRows(folds),
    dangers: listDangers(review),
    faults: listFaults(review.diagnostics.added),
    views: folds.filter(({ routine }) => !routine).map((fold) => viewUnit(fold, viewOptions)),
    routine: folds.filter(({ routine }) => routine).map((fold) => viewUnit(fold, viewOptions)),
  }
}

export interface ModelOptions {
  readonly levels: Levels
  /** In bytes. */
  readonly limit: number
  readonly link: string | undefined
  readonly units: UnitsModel | undefined
  readonly told: string | undefined
}

export function commentModel(source: CommentSource, options: ModelOptions): CommentModel {
  const { review, isEmpty } = source
  const { levels, limit, link, units, told } = options
  const { mostRows, namesShare, mostReasons } = levels
  return {
    heading: headingOf(review.baseline),
    verdict: fleetText(isEmpty && source.wasTold ? emptyVerdict(review) : source.verdict.sentence),
    isEmpty,
    compared: fleetText(`${describeSides(review, '`')}: ${describeTotals(review)}.`),
    placement: placementModel(source.placement, review, { mostRows, namesRoom: limit * namesShare }),
    dangers: dangersModel(source.dangers, review, levels.dangers),
    upgrades: upgradesModel(review, levels.upgrades),
    faults: faultsModel(source.faults, review, levels.faults),
    brake: brakeModel(review, mostReasons),
    held: heldModel(review, mostReasons),
    units,
    routine: routineModel(source.routine, review, levels.routineLines),
    told,
    link: maybeText(link),
    footer: footerModel(review, link),
  }
}

/** Only read where there was something to tell before. */
function emptyVerdict({ baseline, fleet }: Review): string {
  const extent = fleet.length === 0 ? '' : ` on ${countOf(fleet.length, 'cluster')}`
  switch (baseline) {
    case 'pr':
      return `No changes any more: this change does nothing${extent}`
    case 'rendered':
      return `The next compile would write nothing new any more${extent}`
    case 'what-if':
      return `The supposition changes nothing any more${extent}`
    case 'pending':
      return `Nothing is pending any more${extent}`
    case 'drift':
      return `Nothing has drifted any more${extent}`
  }
}

function footerModel(
  { facts, versions, reproduce, comparison }: Review,
  link: string | undefined,
): FooterModel {
  const { asOf, oldest, silent, never } = facts
  return {
    facts: {
      asOf: fleetText(asOf),
      age: oldest ? formatAge(oldest.observedAt, asOf) : '',
      oldest: maybeText(oldest?.cluster),
      silent: silent.length === 0 ? undefined : clusterList(silent, { fleet: [] }),
      never,
    },
    schemas: describeSchemas(comparison.schemas),
    versions: {
      compiler: fleetText(versions.compiler),
      helm: fleetText(versions.helm),
      kustomize: fleetText(versions.kustomize),
    },
    reproduce: fleetText(reproduce),
    link: maybeText(link),
  }
}
