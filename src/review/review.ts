/** The stage's entry: what a run found + what stands → what is written where a change is reviewed. Pure but for the port. */
export {
  approvalIdentifier,
  approvalKey,
  approvalsPrefix,
  countingApprovals,
  isApproved,
  judgeApproval,
  parseApproval,
  recordApproval,
  type Approval,
  type ApprovalJudgement,
  type ApprovalSituation,
} from './approvals.ts'
export { isStranger, mayCommand } from './command-permission.ts'
export { commandHelp, commandUsage, type CommandRow, type CommandWord } from './command-table.ts'
export { judgeCommand, type CommandSituation, type Judgement, type RefusedBecause } from './judge-command.ts'
export type { AnswerState } from './answer-marker.ts'
export {
  declinedKey,
  formatNote,
  headKey,
  headsPrefix,
  mergeNote,
  parseDeclinedNote,
  parseHeadNote,
  renderedBranchKey,
  returnedPrefix,
  type DeclinedNote,
  type HeadNote,
} from './notes.ts'
export { parseKept } from './parse-kept.ts'
export { parseCommand, type ParsedCommand } from './parse-command.ts'
export { parseDelivery } from './parse-delivery.ts'
export {
  fleetIssueMarker,
  planFleetIssues,
  type FleetIssueEffect,
  type FleetIssuesPlan,
  type FleetIssuesSituation,
  type WantedIssue,
} from './plan-fleet-issues.ts'
export {
  fleetBranch,
  fleetBranchPrefix,
  planProposals,
  proposes,
  type ProposalEffect,
  type ProposalPlan,
  type ProposalSituation,
  type WantedProposal,
} from './plan-proposals.ts'
export { planReconcile, type ReconcileSituation } from './plan-reconcile.ts'
export {
  planStaleIssues,
  staleMarker,
  type ClusterAge,
  type StaleEffect,
  type StaleSituation,
} from './plan-stale-issues.ts'
export { describeRefusal } from './plan-verdict.ts'
export { checkNames, compileIdentifier, planWork } from './plan-work.ts'
export { createAnswerPost, type AnswerPost } from './post-answer.ts'
export { postLateComment, postReview } from './post-review.ts'
export {
  ownBranchPrefix,
  proposalDigest,
  readProposalMarker,
  withoutProposalMarker,
  withProposalMarker,
} from './proposal-marker.ts'
export { planPosting, type PostingMode } from './posting-mode.ts'
export { repositoryKey, toQueuedWork } from './queued-work.ts'
export { readWrittenReport, reportFileNames, type WrittenReport } from './written-report.ts'
