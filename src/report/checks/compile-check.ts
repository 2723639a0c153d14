import type { z } from 'zod'
import type { BrakeReason } from '../../branch/types.ts'
import { managementId } from '../../observe/types.ts'
import { outputs } from '../output-schema.ts'
import { maxCheckTextBytes, type CheckAnnotation, type Conclusion } from '../reviewer-port.ts'
import { clip, mostSevere } from '../review/annotations.ts'
import { countOf, listOf } from '../review/counts.ts'
import { sizeOf } from '../review/fit-comment.ts'
import { codeCell, codeSpan, linkTo, prose, proseCell } from '../review/markdown.ts'
import { describeBrake } from '../review/models/held-model.ts'
import { visibleText } from '../review/visible-text.ts'
import {
  formatApprovedNote,
  formatWaitingNote,
  waitingDeletions,
  type ShownApproval,
} from './approval-note.ts'

/** What `fleetwright compile --output json` prints. */
export type CompileOutput = z.infer<typeof outputs.compile>
type DiagnosticOutput = CompileOutput['diagnostics'][number]

/** Undefined for anything else. */
export function parseCompileOutput(text: string): CompileOutput | undefined {
  try {
    return outputs.compile.safeParse(JSON.parse(text)).data
  } catch {
    return undefined
  }
}

/** What became of what was compiled. */
export type CompileFate =
  | { readonly kind: 'written'; readonly commit: string; readonly url?: string }
  | { readonly kind: 'proposed'; readonly number: number; readonly url: string }
  /** Somebody closed the very same proposal. */
  | { readonly kind: 'declined' }
  /** The branch holds it already. */
  | { readonly kind: 'unchanged'; readonly commit?: string }
  | { readonly kind: 'braked'; readonly digest: string; readonly allowed: readonly string[] }
  /** Something is so wrong that nothing could be written. */
  | { readonly kind: 'refused' }

export interface CompileCheck {
  readonly state: Extract<Conclusion, 'success' | 'failure'>
  readonly title: string
  /** Markdown. */
  readonly summary: string
  readonly annotations: readonly CheckAnnotation[]
}

export interface CompileCheckOptions {
  readonly fate: CompileFate
  /** Deletions of what was written, and who approved them. */
  readonly approvals?: readonly (ShownApproval & { readonly digest: string })[]
  /** Default `maxCheckTextBytes`. */
  readonly limit?: number
}

const mostAnnotations = 100
const longestTitle = 200
const mostClusters = 200

/** A compile as a check of the commit that it compiled: it fails on errors and on deletions that nobody approved. Pure. */
export function formatCompileCheck(
  result: CompileOutput,
  { fate, approvals = [], limit = maxCheckTextBytes }: CompileCheckOptions,
): CompileCheck {
  const hasErrors = result.diagnostics.some(({ severity }) => severity === 'error')
  const isStopped = fate.kind === 'braked' || fate.kind === 'refused'
  const head =
    fate.kind === 'braked'
      ? formatWaitingNote(fate.digest, fate.allowed)
      : approvals.map(({ digest, ...approval }) => formatApprovedNote(digest, approval)).join('')
  return {
    state: hasErrors || isStopped ? 'failure' : 'success',
    title: clip(visibleText(titleOf(result, fate).replaceAll('`', '')), longestTitle),
    summary: fitSections(
      [
        { lines: [`${head}${sentenceOf(result, fate)}`] },
        ...brakeSection(result),
        ...diagnosticSections(result),
        ...clusterSection(result),
      ],
      limit,
    ),
    annotations: mostSevere(annotationsOf(result), mostAnnotations),
  }
}

/** Longest body of a pull request, with room for what marks it. */
const longestBody = 60_000

export interface CompileProposal {
  readonly title: string
  /** Markdown. */
  readonly body: string
}

/**
 * Title and text of a pull request that proposes what a commit renders to. `review` tells what that changes, where somebody
 * compared it; else the compile is told. Pure.
 */
export function formatCompileProposal(
  result: CompileOutput,
  {
    source,
    url,
    review,
  }: { readonly source: string; readonly url: string; readonly review?: CompileProposal },
): CompileProposal {
  const short = source.slice(0, 12)
  const branch = codeSpan(result.branch.name)
  const first = `${branch} as ${linkTo(codeSpan(short), url)} renders it: ${describeClusters(result)}. Merging it is what writes ${branch}; this pull request follows the source branch, and is closed when there is nothing left to propose.`
  if (review) return { title: review.title, body: `${first}\n\n${review.body}` }
  const title = `Bring ${result.branch.name} to ${short}: ${describeClusters(result)}`
  return {
    title: clip(visibleText(title), longestTitle),
    body: fitSections(
      [{ lines: [first] }, ...diagnosticSections(result), ...clusterSection(result)],
      longestBody,
    ),
  }
}

/**
 * Title and text of an issue about what was observed of a cluster, or with `management` of where clusters are managed, and
 * holds everything, so that it is not taken over. Pure.
 */
export function formatRefusedFacts(reason: string, result: CompileOutput): CompileProposal {
  const whose = reason === managementId ? 'the management cluster' : `cluster ${reason}`
  const errors = result.diagnostics.filter(({ severity }) => severity === 'error')
  const branch = codeSpan(result.branch.name)
  return {
    title: clip(visibleText(`What ${whose} says cannot be compiled`), longestTitle),
    body: fitSections(
      [
        {
          lines: [
            `${branch} stays as it is: with what was observed there, nothing could be written to it. Nothing is deleted. This issue is closed when it can be compiled.`,
          ],
        },
        ...diagnosticSections({ ...result, diagnostics: errors }),
      ],
      longestBody,
    ),
  }
}

function titleOf(result: CompileOutput, fate: CompileFate): string {
  const { branch } = result
  const done = {
    written: `${branch.name} is written: ${describeClusters(result)}`,
    proposed: `Proposed in a pull request: ${describeClusters(result)}`,
    declined: 'Nothing is proposed: the same was declined',
    unchanged: `${branch.name} is up to date`,
    braked: `Nothing is written: ${waitingDeletions}`,
    refused: 'Nothing is written',
  }[fate.kind]
  return [done, ...countsOf(result)].join('; ')
}

function countsOf({ diagnostics }: CompileOutput): readonly string[] {
  return (['error', 'warning'] as const).flatMap((severity) => {
    const count = diagnostics.filter((each) => each.severity === severity && !isBrake(each)).length
    return count === 0 ? [] : [countOf(count, severity)]
  })
}

function describeClusters({ clusters }: CompileOutput): string {
  const anew = clusters.filter(({ units }) => units.some(({ status }) => status === 'rendered')).length
  return `${anew} of ${countOf(clusters.length, 'cluster')} rendered anew`
}

function sentenceOf(result: CompileOutput, fate: CompileFate): string {
  const branch = codeSpan(result.branch.name)
  const short = (commit: string): string => codeSpan(commit.slice(0, 12))
  const rest = `${describeClusters(result)}.`
  switch (fate.kind) {
    case 'written': {
      const commit = fate.url === undefined ? short(fate.commit) : linkTo(short(fate.commit), fate.url)
      return `${branch} is at ${commit}: ${rest}`
    }
    case 'proposed':
      return `${linkTo(`Pull request ${fate.number}`, fate.url)} proposes it for ${branch}: ${rest}`
    case 'declined':
      return `${branch} stays as it is: somebody closed the pull request that proposed the same. Reopen it if it is wanted after all.`
    case 'unchanged':
      return fate.commit === undefined
        ? `There is nothing to write to ${branch}.`
        : `${branch} is up to date at ${short(fate.commit)}.`
    case 'braked':
      return `${branch} stays as it is: the compile would delete more than goes unasked.`
    case 'refused':
      return `${branch} stays as it is.`
  }
}

interface Section {
  readonly title?: string
  /** Stands above the lines whatever of them has room. */
  readonly header?: string
  readonly lines: readonly string[]
}

/** Whole lines as long as there is room for them and for the count of those that have none. */
function fitSections(sections: readonly Section[], limit: number): string {
  const reserve = 120
  let text = ''
  for (const { title, header, lines } of sections) {
    const start = [
      ...(title === undefined ? [] : [`#### ${title}`, '']),
      ...(header === undefined ? [] : [header]),
    ]
    let body = [...(text === '' ? [] : ['']), ...start].map((line) => `${line}\n`).join('')
    let shown = 0
    for (const line of lines) {
      if (sizeOf(text) + sizeOf(body) + sizeOf(line) + 1 + reserve > limit) break
      body += `${line}\n`
      shown += 1
    }
    const rest = lines.length - shown
    if (sizeOf(text) + sizeOf(body) + reserve > limit) break
    text += rest === 0 ? body : `${body}\n${countOf(rest, 'more line')} had no room.\n`
  }
  return text
}

function brakeSection({ brake }: CompileOutput): readonly Section[] {
  if (brake === undefined) return []
  const reasons = brake.reasons.map((reason) => `- ${prose(describeBrake(reason as BrakeReason))}`)
  return [{ title: 'Deletions', lines: reasons }]
}

/** It is told by itself. */
function isBrake({ code }: DiagnosticOutput): boolean {
  return code === 'branch/brake'
}

const severities = { error: 'Errors', warning: 'Warnings', note: 'Notes' } as const

function diagnosticSections({ diagnostics }: CompileOutput): readonly Section[] {
  return (['error', 'warning', 'note'] as const).flatMap((severity) => {
    // Clusters that share a fault are named with it.
    const groups = Map.groupBy(
      diagnostics.filter((each) => each.severity === severity && !isBrake(each)),
      ({ code, message, place }) => JSON.stringify([code, message, place]),
    )
    const lines = [...groups.values()].flatMap((group) => {
      const [first] = group
      return first ? [diagnosticLine(first, [...new Set(group.flatMap(({ cluster }) => cluster ?? []))])] : []
    })
    return lines.length === 0 ? [] : [{ title: severities[severity], lines }]
  })
}

const mostNames = 5

function diagnosticLine(
  { code, message, hint, place }: DiagnosticOutput,
  clusters: readonly string[],
): string {
  const where = place === undefined ? '' : ` (${codeSpan(`${place.file}:${place.line}`)})`
  const shown = clusters.slice(0, mostNames).map(codeSpan)
  const rest = clusters.length - shown.length
  const on =
    clusters.length === 0
      ? ''
      : ` On ${listOf([...shown, ...(rest > 0 ? [countOf(rest, 'more cluster')] : [])])}.`
  const todo = hint === undefined ? '' : `\n  ${prose(hint)}`
  return `- ${codeSpan(code)}: ${prose(message)}${where}.${on}${todo}`
}

function clusterSection({ clusters }: CompileOutput): readonly Section[] {
  if (clusters.length === 0) return []
  const shown = clusters.slice(0, mostClusters)
  const rows = shown.map(({ namespace, name, hold, units }) => {
    const count = (status: string): number => units.filter((unit) => unit.status === status).length
    const held = hold === undefined ? String(count('held')) : proseCell(hold.message)
    return `| ${codeCell(`${namespace}/${name}`)} | ${count('rendered')} | ${count('unchanged')} | ${held} |`
  })
  const rest = clusters.length - shown.length
  return [
    {
      title: 'Clusters',
      header: '| cluster | rendered anew | as before | held |\n| --- | --- | --- | --- |',
      lines: rest === 0 ? rows : [...rows, '', `${countOf(rest, 'more cluster')}.`],
    },
  ]
}

const levels = { error: 'failure', warning: 'warning', note: 'notice' } as const

function annotationsOf({ diagnostics }: CompileOutput): readonly CheckAnnotation[] {
  const distinct = new Map<string, CheckAnnotation>()
  for (const { code, severity, message, hint, place } of diagnostics) {
    if (place === undefined) continue
    const isOneLine = place.line === place.endLine && place.endColumn > place.column
    const text = [message, ...(hint === undefined ? [] : [hint])].map((line) => visibleText(line)).join('\n')
    const annotation: CheckAnnotation = {
      // One line is marked: GitHub shows what is said of several below the last.
      ...{ path: place.file, startLine: place.line, endLine: place.line },
      ...(isOneLine && { startColumn: place.column, endColumn: place.endColumn }),
      ...{ level: levels[severity], title: clip(visibleText(code), longestTitle), message: clip(text, 4000) },
    }
    distinct.set(JSON.stringify(annotation), annotation)
  }
  return [...distinct.values()]
}
