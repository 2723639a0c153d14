import { notFound, ofRepository, unprocessable, type Call, type Handlers } from '../handler.ts'

export const refHandlers: Handlers = {
  'GET /repos/{owner}/{repo}/git/ref/{ref}': {
    needs: ['contents=read'],
    handle(call) {
      const branch = branchOf(call)
      const commit = ofRepository(call).branches().get(branch)
      if (commit === undefined) return notFound()
      return {
        status: 200,
        body: { ref: `refs/heads/${branch}`, object: { type: 'commit', sha: commit } },
      }
    },
  },
  'DELETE /repos/{owner}/{repo}/git/refs/{ref}': {
    needs: ['contents=write'],
    handle(call) {
      const repository = ofRepository(call)
      const branch = branchOf(call)
      const before = repository.branches()
      if (!before.has(branch)) return unprocessable('Reference does not exist')
      repository.git().git('update-ref', '-d', `refs/heads/${branch}`)
      repository.pushed(before, call.identity.account)
      return { status: 204 }
    },
  },
}

function branchOf({ params }: Call): string {
  return (params['ref'] ?? '').replace(/^heads\//, '')
}
