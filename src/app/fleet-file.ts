import { isMap, isNode, isScalar, LineCounter, parseDocument, type Document, type Pair } from 'yaml'
import { z } from 'zod'
import { parseDuration } from '../config/config.ts'
import { didYouMean } from '../diagnostics/suggestion-list.ts'
import { checkShape, type ShapeFault } from '../source/source.ts'
import type { DocumentPath } from '../source/types.ts'

const text = (about: string) => z.string().min(1).describe(about)

const duration = (about: string) =>
  z
    .string()
    .refine((written) => (parseDuration(written) ?? 0) > 0, 'must be a duration such as `10m`')
    .describe(about)

const clusters = z.strictObject({
  kubeconfig: text('File with the contexts of the clusters.').optional(),
  inCluster: z
    .boolean()
    .describe(
      'The configuration may name the cluster that the app runs in (`management.inCluster`), by its ServiceAccount.',
    )
    .optional(),
  context: text('Context of the management cluster.').optional(),
  allowExec: z.boolean().describe('The kubeconfig may run programs for credentials.').optional(),
  debounce: duration('Quiet time after a change of a cluster before it is looked at. Default 2s.').optional(),
  poll: duration(
    'How often clusters are asked for their version and what they serve. Default 1m.',
  ).optional(),
  env: z
    .array(z.string().regex(/^[A-Za-z_][A-Za-z0-9_]*$/, 'must be the name of a variable'))
    .describe('Names of variables of the app that the child which observes gets too.')
    .optional(),
})

const fleet = z.strictObject({
  repository: z
    .string()
    .regex(
      /^[A-Za-z0-9][A-Za-z0-9-]*\/(?:\*|[A-Za-z0-9._-]+)$/,
      'must be `owner/name`, or `owner/*` for those of the owner that have no entry of their own',
    )
    .describe('`owner/name`, or `owner/*`.'),
  installation: z
    .number()
    .int()
    .positive()
    .describe(
      'Number of the installation of the app that is meant. Names can be given up and taken by others: with it, whoever takes this one gets nothing.',
    )
    .optional(),
  keyFile: text('File with FLEETWRIGHT_KEY of its compiles.').optional(),
  credentialsFile: text('File with FLEETWRIGHT_CREDENTIALS of its compiles: JSON by host.').optional(),
  privateHosts: z
    .array(z.string().regex(/^[^\s,]+$/, 'must be a host, such as `charts.internal:8443`'))
    .describe('Hosts with private addresses that downloads may come from. Default: none.')
    .optional(),
  timeLimit: duration('Longest time of one child. Default 10m.').optional(),
  memoryLimit: z
    .string()
    .refine((written) => parseBytes(written) !== undefined, 'must be a size such as `512Mi` or `2Gi`')
    .describe('Most memory of one child. Default 2Gi.')
    .optional(),
  clusters: clusters.describe('How its clusters are reached; without it they are not watched.').optional(),
})

/** The operator's file as it is written. */
const fleetFile = z.strictObject({ fleets: z.array(fleet) })

export type WrittenFleet = z.infer<typeof fleet>

/** A fleet with the way to say where in the file something is. */
export interface ReadFleet {
  readonly written: WrittenFleet
  /** `fleets.yaml:3:5` of one of its fields, or of itself. */
  readonly at: (...path: DocumentPath) => string
}

/** Text of FLEETWRIGHT_FLEETS → its entries and everything that is wrong, each with file, line and column. Pure and total. */
export function parseFleetFile(
  content: string,
  file: string,
): { readonly fleets: readonly ReadFleet[]; readonly faults: readonly string[] } {
  const lines = new LineCounter()
  const document = parseDocument(content, { lineCounter: lines, prettyErrors: false })
  const place = (offset: number): string => {
    const { line, col } = lines.linePos(offset)
    return `${file}:${line}:${col}`
  }
  if (document.errors.length > 0)
    return { fleets: [], faults: document.errors.map(({ pos, message }) => `${place(pos[0])}: ${message}`) }
  const at = (path: DocumentPath): string => place(offsetAt(document, path))
  const { value, faults } = checkShape(fleetFile, (document.toJS() ?? {}) as never)
  const written = value?.fleets ?? []
  const said = faults.map((fault) => `${at(fault.path)}: ${tell(fault)}`)
  const known = new Set<string>()
  for (const [index, { repository }] of written.entries()) {
    const name = repository.toLowerCase()
    if (known.has(name)) said.push(`${at(['fleets', index])}: ${repository} has an entry already`)
    known.add(name)
  }
  // Entries that were left out shift the others, so that positions hold only for a file without faults.
  const fleets = written.map((one, index) => ({
    written: one,
    at: (...path: DocumentPath) => at(['fleets', index, ...path]),
  }))
  return { fleets: said.length > 0 ? [] : fleets, faults: said }
}

/** `512Mi`, `2Gi`, `1500000000` → bytes. */
export function parseBytes(written: string): number | undefined {
  const [, amount = '', unit = ''] = /^([1-9][0-9]{0,14})(Ki|Mi|Gi|)$/.exec(written) ?? []
  const factors: Readonly<Record<string, number>> = { '': 1, Ki: 2 ** 10, Mi: 2 ** 20, Gi: 2 ** 30 }
  return amount === '' ? undefined : Number(amount) * (factors[unit] ?? 1)
}

function tell(fault: ShapeFault): string {
  const field = fault.path.join('.').replace(/\.(\d+)/g, '[$1]')
  switch (fault.kind) {
    case 'unknown-field': {
      const name = String(fault.path.at(-1))
      return `there is no field \`${name}\`; ${didYouMean(name, fault.known) ?? `there are ${fault.known.join(', ')}`}`
    }
    case 'missing-field':
      return `\`${field}\` is missing`
    case 'wrong-type':
      return `\`${field}\` must be ${fault.expected}, not ${fault.found}`
    case 'wrong-choice':
      return `\`${field}\` must be one of ${fault.choices.join(', ')}, not \`${fault.found}\``
    case 'bad-value':
      return `\`${field}\` ${fault.rule}, not \`${fault.found}\``
  }
}

/** Where a value is, or its key, or the nearest that is there. */
function offsetAt(document: Document, path: DocumentPath): number {
  for (let length = path.length; length > 0; length--) {
    const parent = length === 1 ? document.contents : document.getIn(path.slice(0, length - 1), true)
    const pair = isMap(parent)
      ? parent.items.find(({ key }: Pair) => isScalar(key) && key.value === path[length - 1])
      : undefined
    const node: unknown = pair?.key ?? document.getIn(path.slice(0, length), true)
    const start = isNode(node) ? node.range?.[0] : undefined
    if (start !== undefined) return start
  }
  return isNode(document.contents) ? (document.contents.range?.[0] ?? 0) : 0
}
