import { imagineUpdate } from './branch/branch.ts'
import type { Brake, BranchView } from './branch/types.ts'
import type { Compiled } from './compile.ts'
import type { AttemptPorts } from './compile-attempt.ts'
import { planBranch, type PlanBranchOptions } from './compile-branch.ts'
import { parseConfig, readConfigInForce, strictestConfig } from './config/config.ts'
import type { ConfigHistory } from './config/config-history-port.ts'
import type { BrokenConfig, ConfigInForce, FleetConfig } from './config/types.ts'
import type { Diagnostic } from './diagnostics/types.ts'
import { parseFacts, type Supposition } from './observe/observe.ts'
import type { Facts } from './observe/types.ts'
import type { Evaluated } from './resolve/resolve.ts'
import type { Plan } from './resolve/types.ts'
import { vouchedBy, type Vouched } from './sources/sources.ts'
import { configPaths, readConfigDocument, withFormerFiles } from './source/source.ts'

/** How each side is read; both have the same engine. */
export interface PreviewPorts {
  /** Absent where nobody knows any more what the rendered branch was compiled from. */
  readonly base?: AttemptPorts
  readonly head: AttemptPorts
  /** Where it stands what counts in place of a configuration of the base that cannot be read. */
  readonly history?: ConfigHistory
}

/**
 * What the head is compared with. `pr`: the base, compiled onto the rendered branch. `rendered`: the branch as it is; the
 * base is the commit that it was compiled from and says why, no more. `what-if`: the head itself in the world as it is; the
 * base vouches for a head that is not trusted, or where it is to, and is that commit, too, if nobody names another.
 */
export type PreviewBaseline = 'pr' | 'rendered' | 'what-if'

/** What each side knows of the clusters; default: what the rendered branch records. */
export interface PreviewedFacts {
  readonly base?: PlanBranchOptions['facts']
  readonly head?: PlanBranchOptions['facts']
}

export interface PreviewOptions extends Omit<
  PlanBranchOptions,
  'allowDelete' | 'facts' | 'fetch' | 'whatIf' | 'trusted' | 'pins' | 'onProgress'
> {
  readonly baseline: PreviewBaseline
  /** The rendered branch as it is; what both sides hold is taken from there. */
  readonly rendered: BranchView
  readonly facts: PreviewedFacts
  /** Worlds that are not: of the head alone. */
  readonly whatIf?: PlanBranchOptions['whatIf']
  /** Each side has the lock file of its own commit. */
  readonly fetch: { readonly base: PlanBranchOptions['fetch']; readonly head: PlanBranchOptions['fetch'] }
  /** The head is of somebody who is not trusted: nothing is fetched from hosts that the base does not name or use. */
  readonly untrusted?: boolean
  /** What the base configures counts, although the head is not compared with it: as with `pr` and an untrusted head. */
  readonly isVouched?: boolean
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
  /** What was known of the clusters, where nobody can tell any more from which commit the view was compiled. */
  readonly lost?: Facts
  readonly diagnostics: readonly Diagnostic[]
  /** Deletions that would stop the write. */
  readonly brake?: Brake
}

export interface Preview {
  readonly baseline: PreviewBaseline
  /** What the base itself configures; the head is compiled with what of it is a matter of trust (decision 9). */
  readonly trusted: FleetConfig
  /** Why that is not what the base itself says. */
  readonly broken?: BrokenConfig
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
 * Two commits, each with what is known of the clusters → what the rendered branch would be after each. The base is compiled
 * onto the branch as it is, the head onto what came of that, so that a difference between the two is due to the change
 * alone; or what `baseline` says. Pure but for its ports; writes nothing. Throws EnvironmentError.
 */
export async function preview(ports: PreviewPorts, options: PreviewOptions): Promise<Preview> {
  const { baseline, rendered, fetch, whatIf } = options
  const isUntrusted = options.untrusted === true
  const step = createStep(ports, options)
  const isSupposed = baseline === 'what-if'
  // Whoever compiles next compiles with what the head itself says, unless somebody else wrote it.
  const isVouched = baseline === 'pr' || isUntrusted || options.isVouched === true
  const former = isSupposed && !isVouched ? undefined : await step('base', rendered, formerTime(options))
  const own = await configOf(ports.head)
  const { config: trusted, broken } = isVouched
    ? await configInForce(ports, { compiled: former?.compiled, own })
    : { config: own }
  const vouching = former?.compiled ?? (isVouched ? await compileMended(ports, options, broken) : undefined)
  // What the base resolved is what the head gets: one range, one answer.
  const recorded = former?.view.previous.build?.pins ?? {}
  const pins = new Map([...Object.entries(recorded), ...(vouching?.fetched?.pins ?? [])])
  const vouched = vouchedBy(
    {
      config: trusted,
      references: vouching?.plan?.references ?? [],
      lock: fetch.base.lock,
      pins,
      // Of a base that cannot be compiled, nobody knows what it has.
      secrets: vouching || !isVouched ? secretsOf(vouching) : 'all',
    },
    isUntrusted,
  )
  const given = isVouched ? { trusted, pins, fetch: { ...fetch.head, vouched } } : {}
  const base =
    isSupposed || former === undefined
      ? await step('head', rendered, given)
      : { ...former, view: baseline === 'rendered' ? rendered : former.view }
  const isWantedGone = selectedBy(base)
  const head = await step('head', base.view, { ...given, isWantedGone, ...(whatIf && { whatIf }) })
  const sides = { baseline, trusted, ...(broken && { broken }), own, vouched, base, head }
  const clusters = upgradedClusters(base.compiled?.plan, head.compiled?.plan)
  if (clusters.length === 0) return sides
  const written = clusters.map(({ cluster, to }): Supposition => ({
    cluster,
    version: to,
    labels: {},
    added: [],
    removed: [],
  }))
  const upgrade = await step('upgrade', head.view, {
    ...given,
    isWantedGone,
    whatIf: [...(whatIf ?? []), ...written],
  })
  return { ...sides, upgrade: { ...upgrade, clusters } }
}

/** A branch that counts as it is was compiled at the time that it records: its facts were young then. */
function formerTime({ baseline, rendered }: PreviewOptions): Partial<PlanBranchOptions> {
  const asOf = rendered.previous.build?.asOf
  return baseline === 'rendered' && asOf !== undefined ? { asOf } : {}
}

/** What was asked for of the base goes with the head that has it no more; nobody knows the labels of others. */
function selectedBy({ compiled }: PreviewStep): (cluster: string) => boolean {
  const selected = (compiled?.plan?.clusters ?? []).filter(({ hold }) => hold?.reason !== 'not-selected')
  const ids = new Set(selected.map(({ cluster }) => cluster.id))
  return (cluster) => ids.has(cluster)
}

type Step = (side: PreviewSide, view: BranchView, more: Partial<PlanBranchOptions>) => Promise<PreviewStep>

/** Compiles a side onto a branch that is only imagined. */
function createStep(ports: PreviewPorts, options: PreviewOptions): Step {
  const { baseline, rendered, untrusted, isVouched, onProgress, fetch, said, facts, whatIf, ...common } =
    options
  const outcomes: Evaluated = common.outcomes ?? new Map<string, never>()
  return async (side, view, more) => {
    const of = side === 'base' ? 'base' : 'head'
    const own = ports[of]
    const known = facts[of]
    if (own === undefined)
      return { view, diagnostics: [], lost: parseFacts(known ?? new Map(), () => undefined) }
    const diagnostics: Diagnostic[] = [...(said?.[of] ?? [])]
    const { compiled, plan } = await planBranch(
      view,
      own,
      {
        ...{ ...common, outcomes, allowDelete: 'all', fetch: fetch[of], ...(known && { facts: known }) },
        ...more,
        onProgress: (stage, done, total) => onProgress?.(side, stage, done, total),
      },
      (diagnostic) => diagnostics.push(diagnostic),
    )
    const brake = plan.status === 'changed' ? plan.brake : undefined
    return {
      ...(compiled && { compiled }),
      view: imagineUpdate(view, plan),
      diagnostics,
      ...(brake && { brake }),
    }
  }
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
  return parseConfig(await readConfigDocument(reader, engine, ignore), ignore)
}

/** What of the base's configuration counts: never a default in place of what cannot be read. */
async function configInForce(
  { base, history }: PreviewPorts,
  { compiled, own }: { readonly compiled: Compiled | undefined; readonly own: FleetConfig },
): Promise<ConfigInForce> {
  if (compiled) return { config: compiled.config }
  if (base === undefined) return { config: strictestConfig(own), broken: { faults: [] } }
  return readConfigInForce(base.reader, { engine: base.engine, ...(history && { history }) }, own)
}

/**
 * The base as it would be with the configuration that counts in place of its own: only to know what it fetches, and which
 * Secrets it has. What the head is compared with is what the base does, which is nothing.
 */
async function compileMended(
  { base, ...ports }: PreviewPorts,
  options: PreviewOptions,
  broken: BrokenConfig | undefined,
): Promise<Compiled | undefined> {
  const commit = broken?.commit
  if (base === undefined || commit === undefined) return undefined
  const from = { commit, reader: await base.readCommit(commit) }
  const reader = await withFormerFiles(base.reader, new Map(configPaths.map((path) => [path, from])))
  const step = createStep({ ...ports, base: { ...base, reader } }, options)
  return (await step('base', options.rendered, {})).compiled
}

/** Clusters for which the head writes another version than the base does, and which do not run it yet. */
function upgradedClusters(base: Plan | undefined, head: Plan | undefined): UpgradedCluster[] {
  const before = new Map((base?.clusters ?? []).map((cluster) => [cluster.cluster.id, cluster]))
  return (head?.clusters ?? []).flatMap(({ cluster, kubeVersion, wantedVersion }) => {
    const old = before.get(cluster.id)
    // Where a cluster runs what is written for it, that is what was wanted: another one that it runs since is nobody's wish.
    const wanted = old?.wantedVersion ?? old?.kubeVersion
    const isNew = old !== undefined && wantedVersion !== undefined && wanted !== wantedVersion
    return isNew ? [{ cluster: cluster.id, from: kubeVersion, to: wantedVersion }] : []
  })
}
