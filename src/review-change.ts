import { compare } from './compare/compare.ts'
import type { BranchView } from './branch/types.ts'
import type { ChangeCause, Comparison, Side } from './compare/types.ts'
import { brokenBase } from './config/config.ts'
import { assert } from './diagnostics/errors.ts'
import type { Diagnostic } from './diagnostics/types.ts'
import type { Engine, JsonObject } from './engine/types.ts'
import { isFactsPath, parseSchemas } from './observe/observe.ts'
import type { Facts, RecordedSchema } from './observe/types.ts'
import { preview, type Preview, type PreviewOptions, type PreviewPorts, type PreviewStep } from './preview.ts'
import { readDifferences, toSide, type Differences, type DifferingTree } from './read-differences.ts'
import type { Review, ReviewedCommit } from './report/types.ts'
import { reviewedDangers } from './review-dangers.ts'
import type { Plan } from './resolve/types.ts'
import { agesOf, compareDiagnostics, fleetAfter, heldParts } from './review-parts.ts'
import { describeUpgrades } from './review-upgrades.ts'
import { collectSecretValues, createMask, type Mask } from './secrets/mask.ts'
import { createPublicWords } from './secrets/public-words.ts'
import type { RepositoryReader } from './source/repository-reader-port.ts'

export interface ReviewChangeOptions extends PreviewOptions {
  readonly names: { readonly base: ReviewedCommit; readonly head: ReviewedCommit }
  readonly changedLines: Review['changedLines']
  readonly reproduce: string
  /** Credentials of this process: whoever reads the report must not find them. */
  readonly secrets: readonly string[]
}

/** A review, and what hides in every other text that goes with it. */
export interface ReviewedChange {
  readonly review: Review
  readonly mask: Mask
  /** Of the sides that could be compiled: which clusters there are. */
  readonly plans: readonly Plan[]
}

/**
 * Two commits with their facts → what the change does to the fleet. The same commits, facts, branch and key give the same
 * review. Writes nothing. Throws EnvironmentError when a port fails.
 */
export async function reviewChange(
  ports: PreviewPorts,
  options: ReviewChangeOptions,
): Promise<ReviewedChange> {
  const { engine } = ports.head
  const previewed = await preview(ports, options)
  const { base, head, upgrade, trusted, broken } = previewed
  const isShown = selectedIn(base, head)
  const differences = onlyClusters(await readDifferences(base.view, head.view, engine), isShown)
  const following = upgrade && (await readDifferences(head.view, upgrade.view, engine))
  const mask = maskOf(previewed, [differences, ...(following ? [following] : [])], options)
  const hide = (text: string): string => mask.text(text)
  const facts = (head.compiled ?? base.compiled)?.facts
  const schemas = parseSchemas(options.facts.head ?? (await recordedSchemas(options.rendered)))
  const changed = await changedFiles(ports)
  // A supposition has one commit on both sides: no file is why they differ.
  const changedBetween = previewed.baseline === 'what-if' ? [] : changed
  const context = { engine, facts, schemas, changedFiles: changedBetween, hide }
  const comparison = await compareSides(toSides(differences, [base, head], mask), context)
  const later = following && upgrade && toSides(following, [head, upgrade], mask)
  const upgrades = await describeUpgrades(previewed, (cluster) => {
    assert(later, 'what follows was read where something is upgraded')
    return compareSides([onlyOf(later[0], cluster), onlyOf(later[1], cluster)], context)
  })
  const shown = (list: readonly Diagnostic[]): readonly Diagnostic[] =>
    list.filter(({ severity, code }) => severity === 'error' || !trusted.review.silence.includes(code))
  const review: Review = {
    baseline: previewed.baseline,
    ...options.names,
    ...{ comparison, upgrades },
    dangers: reviewedDangers(previewed, changed, hide),
    // Nobody can approve what a supposition deletes.
    ...(head.brake && previewed.baseline !== 'what-if' && { brake: head.brake }),
    diagnostics: compareDiagnostics(
      shown(base.diagnostics),
      // Whatever is silenced: it says how much of all this can be relied on.
      [...(broken && broken.faults.length > 0 ? [brokenBase(broken)] : []), ...shown(head.diagnostics)],
      hide,
    ),
    held: heldParts(head).map((part) => ({ ...part, reason: hide(part.reason) })),
    fleet: fleetAfter(base, head).filter(({ id }) => isShown(id)),
    facts: agesOf(facts, (head.compiled ?? base.compiled)?.plan, options.asOf),
    versions: {
      compiler: options.compiler,
      helm: engine.versions.helm,
      kustomize: engine.versions.kustomize,
    },
    reproduce: options.reproduce,
    changedLines: options.changedLines,
  }
  return { review, mask, plans: [base, head].flatMap(({ compiled }) => compiled?.plan ?? []) }
}

/** Clusters that somebody asked for; the others stay as they are and are no part of what is told. */
function selectedIn(base: PreviewStep, head: PreviewStep): (cluster: string) => boolean {
  const holds = new Map(
    [base, head].flatMap(({ compiled }) =>
      (compiled?.plan?.clusters ?? []).map(({ cluster, hold }) => [cluster.id, hold?.reason] as const),
    ),
  )
  return (cluster) => holds.get(cluster) !== 'not-selected'
}

function onlyClusters(differences: Differences, isShown: (cluster: string) => boolean): Differences {
  const shown = (tree: DifferingTree): DifferingTree => new Map([...tree].filter(([id]) => isShown(id)))
  return { ...differences, before: shown(differences.before), after: shown(differences.after) }
}

/** Hides every value that may not be shown: of what both commits write, of what they render, and of this process. */
function maskOf(
  { base, head, upgrade }: Preview,
  differences: readonly Differences[],
  { key, secrets }: ReviewChangeOptions,
): Mask {
  const written = [base, head, ...(upgrade ? [upgrade] : [])].flatMap(({ compiled }) =>
    (compiled?.repository.documents ?? []).map(({ value }) => value),
  )
  const objects = [...written, ...differences.flatMap(objectsOf)]
  const isPublic = createPublicWords(objects)
  return createMask(collectSecretValues(objects, secrets, isPublic), { isPublic, ...(key && { key }) })
}

/** Everything that may be shown, and Secrets that may not. */
function objectsOf({ before, after, secrets }: Differences): readonly JsonObject[] {
  const shown = [before, after].flatMap((tree) =>
    [...tree.values()].flatMap((units) =>
      [...units.values()].flatMap(({ objects, delivery }) => [...objects, ...delivery]),
    ),
  )
  return [...shown.map(({ value }) => value), ...secrets]
}

type Sides = readonly [before: Side, after: Side]

function toSides(
  { before, after }: Differences,
  [earlier, later]: readonly [PreviewStep, PreviewStep],
  mask: Mask,
): Sides {
  const hide = (value: JsonObject): JsonObject => mask.object(value)
  const side = (tree: DifferingTree, { compiled, lost }: PreviewStep): Side => ({
    ...toSide(tree, compiled?.plan, hide),
    ...(compiled && { fleet: compiled.fleet, needs: compiled.needs }),
    ...(compiled?.facts && { facts: compiled.facts }),
    ...(lost && { facts: lost, isLost: true as const }),
  })
  return [side(before, earlier), side(after, later)]
}

function onlyOf({ clusters, plan, ...others }: Side, id: string): Side {
  return {
    ...others,
    clusters: new Map([...clusters].filter(([cluster]) => cluster === id)),
    ...(plan && { plan: { ...plan, clusters: plan.clusters.filter(({ cluster }) => cluster.id === id) } }),
  }
}

/** Schemas of custom kinds that facts refer to. */
function recordedSchemas({ previous, readFiles }: BranchView): Promise<ReadonlyMap<string, string>> {
  const paths = [...previous.state.files.keys()].filter(isFactsPath)
  return readFiles(paths.filter((path) => path.includes('/schemas/')))
}

interface CompareContext {
  readonly engine: Engine
  readonly facts: Facts | undefined
  readonly schemas: ReadonlyMap<string, RecordedSchema>
  readonly changedFiles: readonly string[]
  readonly hide: (text: string) => string
}

async function compareSides(
  [before, after]: Sides,
  { engine, facts, schemas, changedFiles, hide }: CompareContext,
): Promise<Comparison> {
  const comparison = await compare(before, after, {
    parseYaml: (texts) => engine.parseYaml(texts),
    ...(facts && { facts }),
    ...{ schemas, changedFiles },
  })
  return maskComparison(comparison, hide)
}

/** Objects were masked before they were compared; what plans have to say of them was not. */
function maskComparison(comparison: Comparison, hide: (text: string) => string): Comparison {
  const { changes, folds, dangers, totals, schemas } = comparison
  const hideCause = (cause: ChangeCause): ChangeCause => ({
    ...cause,
    text: hide(cause.text),
    ...(cause.fact !== undefined && { fact: hide(cause.fact) }),
  })
  return {
    changes: changes.map((change) => ({ ...change, causes: change.causes.map(hideCause) })),
    folds: folds.map((fold) => ({
      ...fold,
      causes: fold.causes.map(({ cause, clusters }) => ({ cause: hideCause(cause), clusters })),
    })),
    dangers: dangers.map((danger) => ({ ...danger, message: hide(danger.message) })),
    ...{ totals, schemas },
  }
}

/** Paths of the files that are other ones in the head, sorted. */
async function changedFiles({ base, head }: PreviewPorts): Promise<readonly string[]> {
  if (!base) return []
  const [old, now] = await Promise.all([base.reader, head.reader].map(idsOf))
  const paths = new Set([...(old?.keys() ?? []), ...(now?.keys() ?? [])])
  return [...paths].filter((path) => old?.get(path) !== now?.get(path)).sort()
}

async function idsOf(reader: RepositoryReader): Promise<ReadonlyMap<string, string>> {
  return new Map((await reader.list()).map(({ path, id }) => [path, id]))
}
