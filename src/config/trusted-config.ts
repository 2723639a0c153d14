import type { Span } from '../diagnostics/types.ts'
import { locate } from '../source/source.ts'
import type { ConfiguredCluster, FleetConfig } from './types.ts'

/**
 * Who decides each field when a change is reviewed (decision 9): `base` for whatever could loosen a guard or send something
 * elsewhere, `head` for what only says which intent there is, `stricter` for limits.
 */
const decides = {
  document: 'head',
  intent: 'head',
  // But for the contexts by which those of the base are reached: they name credentials of whoever observes.
  clusters: 'head',
  facts: 'stricter',
  management: 'base',
  rendered: 'base',
  brakes: 'base',
  secrets: 'base',
  review: 'base',
  sources: 'base',
  app: 'base',
} as const satisfies Record<keyof FleetConfig, 'head' | 'base' | 'stricter'>

/** The configuration that a head is compiled with, of its own and of what its base allows. Pure. */
export function withTrusted(head: FleetConfig, base: FleetConfig): FleetConfig {
  const { management, rendered, brakes, secrets, review, sources, app } = base
  const maxAgeMs = Math.min(head.facts.maxAgeMs, base.facts.maxAgeMs)
  const contexts = contextsOf(base, base)
  const clusters = head.clusters.map((cluster) => {
    const { context, ...others } = cluster
    const id = idOf(cluster)
    if (!(id in contexts) || contexts[id] === context) return cluster
    return { ...others, ...(contexts[id] !== undefined && { context: contexts[id] }) }
  })
  return {
    ...head,
    ...{ clusters, management, rendered, brakes, secrets, review, sources, app },
    facts: { maxAgeMs },
  }
}

function idOf({ namespace, name }: ConfiguredCluster): string {
  return `${namespace}/${name}`
}

/** Contexts of the clusters that the base has too. */
function contextsOf(config: FleetConfig, base: FleetConfig): Readonly<Record<string, string | undefined>> {
  const known = new Set(base.clusters.map(idOf))
  const clusters = config.clusters.filter((cluster) => known.has(idOf(cluster)))
  return Object.fromEntries(clusters.map((cluster) => [idOf(cluster), cluster.context] as const).sort(byId))
}

function byId([a]: readonly [string, unknown], [b]: readonly [string, unknown]): number {
  return a < b ? -1 : 1
}

/** A field of which the head's value does not count while it is reviewed. */
export interface TrustChange {
  /** `spec.brakes.maxDeletedShare`. */
  readonly field: string
  /** As JSON, shortened. */
  readonly before: string
  readonly after: string
  /** The head's value guards less. */
  readonly isLooser: boolean
  /** The head's value counts all the same: it is a limit, and the stricter one. */
  readonly isInForce: boolean
  /** Absent where the field is gone. */
  readonly span?: Span
}

interface TrustedField {
  readonly path: readonly string[]
  readonly read: (config: FleetConfig, base: FleetConfig, head: FleetConfig) => unknown
  /** Default: any other value may send something elsewhere, and is none that is looser or stricter. */
  readonly isLooser?: (head: FleetConfig, base: FleetConfig) => boolean
}

function commonClusters(base: FleetConfig, head: FleetConfig): readonly ConfiguredCluster[] {
  const there = new Set(head.clusters.map(idOf))
  return base.clusters.filter((cluster) => there.has(idOf(cluster)))
}

/** Whether a list of what is allowed has an entry that it did not have. */
function hasMore(read: (config: FleetConfig) => readonly string[]): NonNullable<TrustedField['isLooser']> {
  return (head, base) => read(head).some((entry) => !read(base).includes(entry))
}

const trustedFields: readonly TrustedField[] = [
  {
    path: ['facts', 'maxAge'],
    read: ({ facts }) => `${facts.maxAgeMs / 1000}s`,
    isLooser: (head, base) => head.facts.maxAgeMs > base.facts.maxAgeMs,
  },
  {
    path: ['clusters'],
    // A cluster that is taken away is no change of its context.
    read: (config, base, head) => contextsOf(config, { ...base, clusters: commonClusters(base, head) }),
  },
  { path: ['management'], read: ({ management }) => management },
  { path: ['rendered', 'branch'], read: ({ rendered }) => rendered.branch, isLooser: () => true },
  { path: ['rendered', 'delivery'], read: ({ rendered }) => rendered.delivery },
  { path: ['rendered', 'mode'], read: ({ rendered }) => rendered.mode },
  {
    path: ['rendered', 'adopt'],
    read: ({ rendered }) => rendered.adopt,
    isLooser: ({ rendered }) => rendered.adopt,
  },
  { path: ['rendered', 'source'], read: ({ rendered }) => rendered.source },
  { path: ['rendered', 'argocd'], read: ({ rendered }) => rendered.argocd },
  {
    path: ['brakes', 'maxDeletedShare'],
    read: ({ brakes }) => brakes.maxDeletedShare,
    isLooser: (head, base) => head.brakes.maxDeletedShare > base.brakes.maxDeletedShare,
  },
  {
    path: ['brakes', 'protect'],
    read: ({ brakes }) => brakes.protect,
    isLooser: (head, base) => base.brakes.protect.some((kind) => !head.brakes.protect.includes(kind)),
  },
  {
    path: ['secrets', 'allow'],
    read: ({ secrets }) => secrets.allow,
    isLooser: hasMore(({ secrets }) => secrets.allow),
  },
  {
    path: ['review', 'commands', 'allow'],
    read: ({ review }) => review.commands.allow,
    isLooser: hasMore(({ review }) => review.commands.allow),
  },
  {
    path: ['review', 'silence'],
    read: ({ review }) => review.silence,
    isLooser: hasMore(({ review }) => review.silence),
  },
  {
    path: ['sources', 'allowedHosts'],
    read: ({ sources }) => sources.allowedHosts,
    isLooser: hasMore(({ sources }) => sources.allowedHosts),
  },
  // Without a pull request nobody is asked.
  { path: ['app', 'onPush'], read: ({ app }) => app.onPush, isLooser: ({ app }) => app.onPush === 'commit' },
  {
    path: ['app', 'onFleetChange'],
    read: ({ app }) => app.onFleetChange,
    isLooser: ({ app }) => app.onFleetChange === 'commit',
  },
]

/** What of a head's own configuration does not count while it is reviewed, in the order of the reference. Pure. */
export function trustChanges(head: FleetConfig, base: FleetConfig): readonly TrustChange[] {
  return trustedFields.flatMap(({ path, read, isLooser }) => {
    const [before, after] = [base, head].map((config) => JSON.stringify(read(config, base, head))) as [
      string,
      string,
    ]
    if (before === after) return []
    const field = ['spec', ...path]
    return [
      {
        ...{ field: field.join('.'), before: shortened(before), after: shortened(after) },
        isLooser: isLooser?.(head, base) === true,
        isInForce: path[0] === 'facts' && isLooser?.(head, base) !== true,
        ...(head.document && { span: locate(head.document, field) }),
      },
    ]
  })
}

/** A list can be as long as its author likes. */
const mostShown = 200

function shortened(json: string): string {
  const characters = Array.from(json)
  return characters.length <= mostShown ? json : `${characters.slice(0, mostShown).join('')}…`
}

/** Fields of `decides` that are not the head's, for the test that holds both lists together. */
export const trustedSections: readonly string[] = Object.entries(decides)
  .filter(([, who]) => who !== 'head')
  .map(([section]) => section)
