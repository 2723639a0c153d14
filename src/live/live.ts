export { deliveryUnknown, predicted, refused, revisionUnknown } from './diagnostics.ts'
export { readDeliverers } from './deliverers.ts'
export { readLive, type LiveAnswers, type LiveQuestions } from './read-live.ts'
