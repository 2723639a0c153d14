/** What `show clusters`, `show conflicts` and `compile` print of a fleet, by command. */
export interface PrintedFleet extends Readonly<Record<string, object>> {
  readonly 'show clusters': object
}

export interface FleetShape {
  readonly clusters: number
  readonly addOns: number
  /** In every text that comes from a repository. */
  readonly text?: string
}

/** Every third cluster is held, every fifth has a conflict; the last add-on is of the first cluster alone. */
export function printFleet({ clusters, addOns, text = '' }: FleetShape): PrintedFleet {
  const ids = Array.from({ length: clusters }, (_, index) => String(index).padStart(4, '0'))
  const names = ids.map((id) => ({ namespace: 'fleet', name: `cluster-${id}${text}` }))
  const unit = (index: number): object => ({
    ...{ name: `helm-app-${index}${text}`, profile: 'ClusterProfile/x', kind: 'helm', chart: `app-${index}` },
    ...{ version: `1.${index}.0`, objects: 1, digest: '', status: 'rendered' },
  })
  const units = Array.from({ length: addOns - 1 }, (_, index) => unit(index))
  return {
    'show clusters': {
      clusters: names.map(({ namespace, name }, index) => ({
        ...{ cluster: `${namespace}/${name}`, type: 'configured', version: 'v1.34.0', paused: false },
        ...{ workers: [], pods: [], services: [], addons: addOns },
        labels: [
          { key: 'env', value: index % 2 === 0 ? 'production' : 'staging', origin: 'written' },
          ...(text === '' ? [] : [{ key: text, value: text, origin: 'written' }]),
        ],
        observed: {
          observedAt: index % 4 === 0 ? '2025-12-01T00:00:00Z' : '2026-01-02T03:00:00Z',
          reachable: true,
        },
        ...(index % 3 === 0 && { hold: `its facts are too old${text}` }),
      })),
    },
    'show conflicts': {
      conflicts: names
        .filter((_, index) => index % 5 === 0)
        .map(({ namespace, name }) => ({
          ...{ cluster: `${namespace}/${name}`, what: `label tier${text}`, owner: `gold${text}` },
          ...{ loser: `silver${text}`, because: 'its name sorts first' },
        })),
    },
    compile: {
      clusters: names.map((name, index) => ({
        ...{ ...name, labels: {} },
        units: index === 0 ? [...units, unit(addOns - 1)] : units,
      })),
      diagnostics: [],
      branch: { name: 'rendered', changed: false },
    },
  }
}
