import { imagineUpdate } from './branch/branch.ts'
import type { Brake, BranchView } from './branch/types.ts'
import type { Compiled } from './compile.ts'
import type { AttemptPorts } from './compile-attempt.ts'
import { planBranch, type PlanBranchOptions } from './compile-branch.ts'
import { defaultConfig } from './config/config.ts'
import type { FleetConfig } from './config/types.ts'
import type { Diagnostic } from './diagnostics/types.ts'
import type { Supposition } from './observe/observe.ts'
import type { Evaluated } from './resolve/resolve.ts'
import type { Plan } from './resolve/types.ts'
import { vouchedBy, type Vouched } from './sources/sources.ts'
import { parseConfig } from './config/config.ts'
import { readConfigDocument } from './source/source.ts'

/** How each side is read; both have the same engine. */
export interface PreviewPorts {
  readonly base: AttemptPorts
  readonly head: AttemptPorts
}

export interface PreviewOptions extends Omit<
  PlanBranchOptions,
  'allowDelete' | 'fetch' | 'whatIf' | 'trusted' | 'pins' | 'onProgress'
> {
  /** The rendered branch as it is; what both sides hold is taken from there. */
  readonly rendered: BranchView
  /** Each side has the lock file of its own commit. */
  readonly fetch: { readonly base: PlanBranchOptions['fetch']; readonly head: PlanBranchOptions['fetch'] }
  /** The head is of somebody who is not trusted: nothing is fetched from hosts that the base does not name or use. */
  readonly untrusted?: boolean
  /** What reading the lock file of each side had to say. */
  readonly said?: { readonly base: readonly Diagnostic[]; readonly head: readonly Diagnostic[] }
  readonly onProgress?: (side: PreviewSide, stage: string, done: number, total: number) => void
}

export type PreviewSide = 'base' | 'head' | 'upgrade'

/** A commit compiled onto a branch that is only imagined. */
export interface PreviewStep {
  /** Absent when it cannot be compiled, which was reported; the branch stays as it is. */
  readonly compiled?: Compiled
  readonly view: BranchView
  readonly diagnostics: readonly Diagnostic[]
  /** Deletions that would stop the write. */
  readonly brake?: Brake
}

export interface Preview {
  /** What the base itself configures; the head is compiled with what of it is a matter of trust (decision 9). */
  readonly trusted: FleetConfig
  /** What the head itself configures. */
  readonly own: FleetConfig
  /** What the base stands for while the head is compiled. */
  readonly vouched: Vouched
  readonly base: PreviewStep
  readonly head: PreviewStep
  /** Present where a written version changes: the head once its clusters have the versions that it writes. */
  readonly upgrade?: PreviewStep & { readonly clusters: readonly UpgradedCluster[] }
}

export interface UpgradedCluster {
  readonly cluster: string
  /** `v1.24.3`. */
  readonly from: string
  readonly to: string
}

/**
 * Two commits and one set of facts → what the rendered branch would be after each. The base is compiled onto the branch as
 * it is, the head onto what came of that, so that a difference between the two is due to the change alone. Pure but for its
 * ports; writes nothing. Throws EnvironmentError.
 */
export async function preview(ports: PreviewPorts, options: PreviewOptions): Promise<Preview> {
  const { rendered, onProgress, fetch, said, ...common } = options
  const outcomes: Evaluated = common.outcomes ?? new Map<string, never>()
  const step = async (
    side: PreviewSide,
    view: BranchView,
    more: Partial<PlanBranchOptions>,
  ): Promise<PreviewStep> => {
    const isBase = side === 'base'
    const diagnostics: Diagnostic[] = [...((isBase ? said?.base : said?.head) ?? [])]
    const planned = await planBranch(
      view,
      isBase ? ports.base : ports.head,
      {
        ...{ ...common, outcomes, allowDelete: 'all', fetch: isBase ? fetch.base : fetch.head, ...more },
        onProgress: (stage, done, total) => onProgress?.(side, stage, done, total),
      },
      (diagnostic) => diagnostics.push(diagnostic),
    )
    const { compiled, plan } = planned
    const brake = plan.status === 'changed' ? plan.brake : undefined
    return {
      ...(compiled && { compiled }),
      view: imagineUpdate(view, plan),
      diagnostics,
      ...(brake && { brake }),
    }
  }

  const base = await step('base', rendered, {})
  const trusted = base.compiled?.config ?? (await configOf(ports.base))
  // What the base resolved is what the head gets: one range, one answer.
  const recorded = base.view.previous.build?.pins ?? {}
  const pins = new Map([...Object.entries(recorded), ...(base.compiled?.fetched?.pins ?? [])])
  const vouched = vouchedBy(
    {
      config: trusted,
      references: base.compiled?.plan?.references ?? [],
      lock: fetch.base.lock,
      pins,
      secrets: secretsOf(base.compiled),
    },
    options.untrusted === true,
  )
  const given = { trusted, pins, fetch: { ...fetch.head, vouched } }
  const head = await step('head', base.view, given)
  const clusters = upgradedClusters(base.compiled?.plan, head.compiled?.plan)
  const sides = { trusted, own: await configOf(ports.head), vouched, base, head }
  if (clusters.length === 0) return sides
  const whatIf = clusters.map(({ cluster, to }): Supposition => ({
    cluster,
    version: to,
    labels: {},
    added: [],
    removed: [],
  }))
  const upgrade = await step('upgrade', head.view, { ...given, whatIf })
  return { ...sides, upgrade: { ...upgrade, clusters } }
}

/** `<namespace>/<name>` of every Secret that a commit has. */
function secretsOf(compiled: Compiled | undefined): readonly string[] {
  return [...(compiled?.fleet.objects.values() ?? [])].flatMap(({ kind, namespace, name }) =>
    kind === 'Secret' ? [`${namespace ?? ''}/${name}`] : [],
  )
}

/** Of a commit by itself, as far as it can be read. */
async function configOf({ reader, engine }: AttemptPorts): Promise<FleetConfig> {
  const ignore = (): void => undefined
  try {
    return parseConfig(await readConfigDocument(reader, engine, ignore), ignore)
  } catch {
    return defaultConfig
  }
}

/** Clusters for which the head writes another version than the base does, and which do not run it yet. */
function upgradedClusters(base: Plan | undefined, head: Plan | undefined): UpgradedCluster[] {
  const before = new Map((base?.clusters ?? []).map((cluster) => [cluster.cluster.id, cluster]))
  return (head?.clusters ?? []).flatMap(({ cluster, kubeVersion, wantedVersion }) => {
    const old = before.get(cluster.id)
    const isNew = old !== undefined && wantedVersion !== undefined && old.wantedVersion !== wantedVersion
    return isNew ? [{ cluster: cluster.id, from: kubeVersion, to: wantedVersion }] : []
  })
}
