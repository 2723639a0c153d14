/** The stage's entry: what a run found + what stands → what is written where a change is reviewed. Pure but for the port. */
export { mergeNote, renderedBranchKey } from './notes.ts'
export { parseDelivery } from './parse-delivery.ts'
export { describeRefusal } from './plan-verdict.ts'
export { checkNames, planWork } from './plan-work.ts'
export { postReview } from './post-review.ts'
export { repositoryKey, toQueuedWork } from './queued-work.ts'
export { readWrittenReport, reportFileNames, type WrittenReport } from './written-report.ts'
