import type { Report } from '../diagnostics/types.ts'
import { checkShape } from '../source/source.ts'
import type { SourceDocument } from '../source/types.ts'
import { defaultConfig } from './default-config.ts'
import { badConfig, duplicateCluster, emptySetting, unknownSetting } from './diagnostics.ts'
import { emptySettings } from './empty-settings.ts'
import type { ConfiguredCluster, FleetConfig } from './types.ts'
import { parseDuration, parseKubernetesVersion, parseShare } from './units.ts'
import { writtenConfig, type WrittenConfig } from './written-config.ts'

/**
 * `fleetwright.yaml`, or nothing → the complete configuration. A faulty field keeps its default and is reported, and holds
 * everything, since a brake or an exclusion may have been meant. Pure and total.
 */
export function parseConfig(document: SourceDocument | undefined, report: Report): FleetConfig {
  if (document === undefined) return defaultConfig
  const { value, faults } = checkShape(writtenConfig, document.value)
  for (const fault of faults) {
    report(fault.kind === 'unknown-field' ? unknownSetting(document, fault) : badConfig(document, fault))
  }
  for (const { path, known } of emptySettings(document.value))
    report(
      known ? unknownSetting(document, { kind: 'unknown-field', path, known }) : emptySetting(document, path),
    )
  const spec = value?.spec ?? {}
  return { document, ...complete(spec), clusters: readClusters(document, spec, report) }
}

type Spec = NonNullable<WrittenConfig['spec']>

function complete(spec: Spec): Omit<FleetConfig, 'document' | 'clusters'> {
  const defaults = defaultConfig
  const { intent, management, facts, rendered, brakes, review } = spec
  return {
    intent: { include: intent?.include ?? [], exclude: intent?.exclude ?? [] },
    management: withoutUndefined({
      context: management?.context,
      inCluster: management?.inCluster,
      cluster: management?.cluster,
    }),
    facts: { maxAgeMs: parseDuration(facts?.maxAge ?? '') ?? defaults.facts.maxAgeMs },
    rendered: {
      branch: rendered?.branch ?? defaults.rendered.branch,
      delivery: rendered?.delivery ?? defaults.rendered.delivery,
      mode: rendered?.mode ?? defaults.rendered.mode,
      adopt: rendered?.adopt ?? defaults.rendered.adopt,
      source: {
        name: rendered?.source?.name ?? defaults.rendered.source.name,
        ...withoutUndefined({ namespace: rendered?.source?.namespace }),
      },
      argocd: {
        namespace: rendered?.argocd?.namespace ?? defaults.rendered.argocd.namespace,
        project: rendered?.argocd?.project ?? defaults.rendered.argocd.project,
        ...withoutUndefined({ repoURL: rendered?.argocd?.repoURL }),
      },
    },
    brakes: {
      maxDeletedShare: parseShare(brakes?.maxDeletedShare ?? '') ?? defaults.brakes.maxDeletedShare,
      protect: brakes?.protect ?? defaults.brakes.protect,
    },
    secrets: { allow: spec.secrets?.allow ?? [] },
    review: {
      commands: { allow: review?.commands?.allow ?? defaults.review.commands.allow },
      silence: review?.silence ?? [],
    },
    sources: { allowedHosts: spec.sources?.allowedHosts ?? [] },
    app: {
      onPush: spec.app?.onPush ?? defaults.app.onPush,
      onFleetChange: spec.app?.onFleetChange ?? defaults.app.onFleetChange,
    },
  }
}

function readClusters(
  document: SourceDocument,
  { clusters = [] }: Spec,
  report: Report,
): ConfiguredCluster[] {
  const indices = writtenIndices(document, clusters)
  const firstOf = new Map<string, number>()
  return clusters.flatMap(({ name, namespace = 'default', labels = {}, context, version }, position) => {
    const index = indices[position] ?? position
    const id = `${namespace}/${name}`
    const first = firstOf.get(id)
    if (first !== undefined) {
      report(duplicateCluster(document, id, { first, second: index }))
      return []
    }
    firstOf.set(id, index)
    const kubernetesVersion = version === undefined ? undefined : parseKubernetesVersion(version)
    return [{ name, namespace, labels, index, ...withoutUndefined({ context, version: kubernetesVersion }) }]
  })
}

/** Faulty entries were left out, so that positions in the list moved: names bring them back. */
function writtenIndices(document: SourceDocument, clusters: readonly { readonly name: string }[]): number[] {
  const spec = document.value.spec as
    { readonly clusters?: readonly { readonly name?: unknown }[] } | undefined
  const written = spec?.clusters ?? []
  let next = 0
  return clusters.map(({ name }) => {
    const found = written.findIndex((entry, index) => index >= next && entry?.name === name)
    next = found + 1
    return found
  })
}

function withoutUndefined<T extends object>(value: T): { [Key in keyof T]?: Exclude<T[Key], undefined> } {
  return Object.fromEntries(Object.entries(value).filter(([, one]) => one !== undefined)) as {
    [Key in keyof T]?: Exclude<T[Key], undefined>
  }
}
