/** The stage's entry: what a run found + what stands → what is written where a change is reviewed. Pure but for the port. */
export { commandHelp, commandUsage, type CommandRow, type CommandWord } from './command-table.ts'
export { judgeCommand, type CommandSituation, type Judgement, type RefusedBecause } from './judge-command.ts'
export {
  declinedKey,
  formatNote,
  headKey,
  mergeNote,
  parseDeclinedNote,
  parseHeadNote,
  renderedBranchKey,
  type DeclinedNote,
  type HeadNote,
} from './notes.ts'
export { parseCommand, type ParsedCommand } from './parse-command.ts'
export { parseDelivery } from './parse-delivery.ts'
export { describeRefusal } from './plan-verdict.ts'
export { approveIdentifier, checkNames, compileIdentifier, planWork } from './plan-work.ts'
export { postReview } from './post-review.ts'
export { proposalDigest, readProposalMarker, withProposalMarker } from './proposal-marker.ts'
export { repositoryKey, toQueuedWork } from './queued-work.ts'
export { readWrittenReport, reportFileNames, type WrittenReport } from './written-report.ts'
