import { ReviewerError, type PullRequest, type Reviewer } from '../../src/report/reviewer-port.ts'

export function pullRequest(more: Partial<PullRequest> & { readonly commit?: string } = {}): PullRequest {
  const { commit = 'head-1', ...rest } = more
  return {
    ...{ number: 1, url: '', isOpen: true, isDraft: false, isLocked: false },
    head: { repository: 'fleet/demo', branch: 'change', commit },
    base: { repository: 'fleet/demo', branch: 'main', commit: 'base' },
    ...rest,
  }
}

export function unavailable(): ReviewerError {
  return new ReviewerError('unavailable', {
    operation: 'write',
    message: 'no answer',
    mayHaveHappened: true,
  })
}

/** A reviewer each of whose methods goes through `around`, which may put off what it does, or lose the answer. */
export function wrapReviewer(
  reviewer: Reviewer,
  around: <T>(method: keyof Reviewer, work: () => Promise<T>) => Promise<T>,
): Reviewer {
  return {
    findPullRequests: (reference) => around('findPullRequests', () => reviewer.findPullRequests(reference)),
    listOwnComments: (number, marker) =>
      around('listOwnComments', () => reviewer.listOwnComments(number, marker)),
    createComment: (number, body) => around('createComment', () => reviewer.createComment(number, body)),
    updateComment: (id, body) => around('updateComment', () => reviewer.updateComment(id, body)),
    deleteComment: (id) => around('deleteComment', () => reviewer.deleteComment(id)),
    writeCheck: (check) => around('writeCheck', () => reviewer.writeCheck(check)),
    writeStatus: (status) => around('writeStatus', () => reviewer.writeStatus(status)),
  }
}
