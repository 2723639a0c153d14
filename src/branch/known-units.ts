import type { KnownUnit, KnownUnits, UnitRecord } from '../render/types.ts'
import type { BranchWriter } from './branch-writer-port.ts'
import { unitIndexPath } from './paths.ts'
import { tryParseUnitIndex } from './records.ts'
import type { ClusterRecord, PreviousTree, UnitIndex } from './types.ts'

/** What the render stage may take over from the branch: nothing that somebody else changed. */
export function knownUnits(previous: PreviousTree, readFiles: BranchWriter['readFiles']): KnownUnits {
  const { clusters, untouched } = previous
  const whole = [...clusters].filter(
    ([id, { digest, units }]) => digest !== '' && untouched.get(id)?.size === Object.keys(units).length,
  )
  const impure = [...clusters.values()].flatMap(({ units }) =>
    Object.values(units).flatMap(({ inputs, impure, looked }) =>
      impure ? [[looked?.given ?? inputs, impure.present] as const] : [],
    ),
  )
  return {
    clusters: new Map(whole.map(([id, { digest }]) => [id, digest])),
    presents: new Map(impure),
    units: new Map([...clusters].map(([id, { units }]) => [id, plannedUnits(units)])),
    load: inOneGo(async (clusterIds) => {
      const units = clusterIds.flatMap((cluster) =>
        [...(untouched.get(cluster) ?? [])].map((unit) => ({ cluster, unit })),
      )
      const paths = units.map(({ cluster, unit }) => unitIndexPath(cluster, unit))
      const texts = await readFiles(previous.state, paths)
      return new Map(
        units.flatMap(({ cluster, unit }): [string, UnitRecord][] => {
          const index = tryParseUnitIndex(texts.get(unitIndexPath(cluster, unit)))
          return index ? [[`${cluster}/${unit}`, toRecord(index)]] : []
        }),
      )
    }),
  }
}

type Load = KnownUnits['load']

/** Hundreds of clusters ask side by side, each for itself; reading is one process a question. */
function inOneGo(load: Load): Load {
  let asked: string[] = []
  let answer: ReturnType<Load> | undefined
  return (clusterIds) => {
    asked.push(...clusterIds)
    answer ??= Promise.resolve().then(() => {
      const all = asked
      asked = []
      answer = undefined
      return load(all)
    })
    return answer
  }
}

function toRecord({ namespaces: _namespaces, objects, ...record }: UnitIndex): UnitRecord {
  return {
    ...record,
    objects: objects.map(({ apiVersion, kind, namespace, name }) => ({
      apiVersion,
      kind,
      ...(namespace !== undefined && { namespace }),
      name,
    })),
  }
}

/** Nobody plans the namespaces of a cluster. */
function plannedUnits(units: ClusterRecord['units']): ReadonlyMap<string, KnownUnit> {
  return new Map(
    Object.entries(units).flatMap(([name, { kind, profile, tier, local, impure, looked, blocked, kinds }]) =>
      kind === 'namespaces'
        ? []
        : [
            [
              name,
              {
                ...{ profile, tier, local },
                ...(impure && { impure }),
                ...(looked && { looked }),
                ...(blocked && { blocked }),
                ...(kinds && { kinds }),
              },
            ] as const,
          ],
    ),
  )
}
