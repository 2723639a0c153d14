/** The stage's entry: what happened, as text for a terminal or as data for a machine. Pure. */
export { toAddOnRows } from './add-on-rows.ts'
export { filterAddOns, formatAddOns, type AddOnFilter } from './add-on-table.ts'
export { formatAnswer } from './answer/answer.ts'
export { formatApprovedCheck, formatBrakeAnswer } from './answer/brake-answer.ts'
export { formatChangeAnswer, formatNoClusters } from './answer/change-answer.ts'
export {
  formatRollbackAnswer,
  formatRollbackProposal,
  type RollbackResult,
} from './answer/rollback-answer.ts'
export {
  formatComplaint,
  formatFailedAnswer,
  formatHelp,
  formatPrintedAnswer,
  formatSaid,
  formatWorking,
} from './answer/text-answer.ts'
export { changedProfiles, type ChangedProfile } from './changed-profiles.ts'
export {
  formatApprovedNote,
  formatWaitingNote,
  readOfferedDigest,
  waitingDeletions,
} from './checks/approval-note.ts'
export {
  formatCompileCheck,
  formatCompileProposal,
  formatRefusedFacts,
  parseCompileOutput,
  type CompileFate,
  type CompileOutput,
} from './checks/compile-check.ts'
export { formatFailedCheck, type FailedCheck } from './checks/failed-check.ts'
export { toPublicText } from './checks/public-text.ts'
export { formatRewrittenCheck, formatRewrittenIssue, type RewrittenBranch } from './checks/rewritten-check.ts'
export { formatChanges, formatClusters } from './cluster-table.ts'
export { toCompileReport, toRepeated } from './compile-report.ts'
export { toConfigOutput } from './config-output.ts'
export { formatEmitted, toEmitted } from './emit.ts'
export { explain, parseExplainTarget } from './explain.ts'
export { formatExplanation } from './explanation-text.ts'
export { formatCounts, formatFolded } from './fold-diagnostics.ts'
export {
  formatFleetPage,
  type FleetPages,
  type MessageView,
  type VisitorView,
} from './fleet-page/format-fleet-page.ts'
export { parseFleetQuery, type FleetQuery } from './fleet-page/fleet-query.ts'
export { changesFormat, parseChanges } from './fleet-page/parse-changes.ts'
export {
  fleetPath,
  toFleetPage,
  type FleetPageOptions,
  type FleetPageView,
} from './fleet-page/to-fleet-page.ts'
export { toFleetState, type FleetOutputs } from './fleet-page/to-fleet-state.ts'
export type { FleetState, WaitingProposal } from './fleet-page/types.ts'
export { withAges } from './fleet-page/with-ages.ts'
export { toClusterRows, toConflictRows, toEventRows } from './fleet-rows.ts'
export { formatClusterRows, formatConflictRows, formatEventRows } from './fleet-tables.ts'
export { toHealthRows, toResourceRows } from './health-rows.ts'
export { formatHealthRows, formatResourceRows } from './health-tables.ts'
export { formatMoves } from './lock-moves.ts'
export { formatCount } from './names.ts'
export { formatObserved, toObserveOutput, type ObserveReport } from './observe-report.ts'
export { outputs, outputSchemas, toCompileOutput, toDiagnosticsOutput } from './output-schema.ts'
export { formatPage, type PageOptions } from './page/format-page.ts'
export { formatReviewAnnotations } from './review/annotations.ts'
export { formatCheck, formatSummary, type ReviewCheck } from './review/check.ts'
export { formatComment, type MarkdownOptions, type MarkdownText } from './review/comment.ts'
export { shownName } from './review/headings.ts'
export { formatReviewProposal, type ReviewProposal } from './review/proposal.ts'
export { parseReview, type ParsedReview } from './review/parse-review.ts'
export { toReviewOutput } from './review/review-output.ts'
export { formatReview } from './review/review-text.ts'
export { toSarif } from './review/sarif.ts'
export { isSilent, reviewVerdict, type Verdict } from './review/verdict.ts'
