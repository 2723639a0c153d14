import type { Issues, OwnIssue } from '../../review/issues-port.ts'
import type { Proposal, Proposals } from '../../review/proposals-port.ts'
import { ReviewerError, type PullRequest } from '../../report/reviewer-port.ts'
import type { MemoryWorld } from './memory-world.ts'

export function createMemoryProposals(world: MemoryWorld): Proposals {
  const { pulls, texts, login, branches } = world
  const repository = (): string => [...pulls.values()][0]?.base.repository ?? 'fleet/demo'
  const isOpenHere = ({ isOpen, head, base }: PullRequest): boolean =>
    isOpen && head.repository === base.repository
  return {
    list: (branchPrefix) =>
      Promise.resolve(
        [...pulls.values()]
          .filter((pull) => isOpenHere(pull) && pull.head.branch.startsWith(branchPrefix))
          .filter(({ number }) => texts.get(number)?.author === login)
          .map((pull) => toProposal(world, pull)),
      ),
    async open({ head, base, title, body }) {
      const known = [...pulls.values()].find((pull) => isOpenHere(pull) && pull.head.branch === head)
      if (known) return toProposal(world, known)
      const [commit, baseCommit] = [branches.get(head), branches.get(base)]
      if (commit === undefined || baseCommit === undefined || commit === baseCommit)
        throw refused(`open a pull request from ${head} to ${base}`)
      const number = world.nextNumber()
      const pull: PullRequest = {
        ...{ number, url: `memory:pull/${number}`, isOpen: true, isDraft: false, isLocked: false },
        head: { repository: repository(), branch: head, commit },
        base: { repository: repository(), branch: base, commit: baseCommit },
      }
      world.put(pull)
      texts.set(number, { title, body, author: login })
      return Promise.resolve(toProposal(world, pull))
    },
    update(number, text) {
      texts.set(number, { ...text, author: texts.get(number)?.author ?? login })
      return Promise.resolve()
    },
    async close(number, why) {
      const pull = pulls.get(number)
      if (pull?.isOpen !== true) return
      await world.reviewer.createComment(number, why)
      world.put({ ...pull, isOpen: false })
    },
    deleteBranch(branch, commit) {
      if (branches.get(branch) === commit) branches.delete(branch)
      return Promise.resolve()
    },
  }
}

export function createMemoryIssues(world: MemoryWorld): Issues {
  const { issues, texts, login } = world
  const listOwn = (marker: string): OwnIssue[] =>
    [...issues]
      .filter(([, isOpen]) => isOpen)
      .flatMap(([number]) => {
        const text = texts.get(number)
        if (text?.author !== login || !text.body.startsWith(marker)) return []
        return [{ number, title: text.title, body: text.body }]
      })
  return {
    listOwn: (marker) => Promise.resolve(listOwn(marker)),
    open({ title, body }) {
      const [marker = ''] = body.split('\n', 1)
      const [known] = listOwn(marker)
      if (known) return Promise.resolve(known)
      const number = world.nextNumber()
      issues.set(number, true)
      texts.set(number, { title, body, author: login })
      return Promise.resolve({ number, title, body })
    },
    update(number, { title, body }) {
      texts.set(number, { title, body, author: login })
      return Promise.resolve()
    },
    async close(number, why) {
      if (issues.get(number) !== true) return
      await world.reviewer.createComment(number, why)
      issues.set(number, false)
    },
  }
}

function toProposal({ texts }: MemoryWorld, { number, url, head, base }: PullRequest): Proposal {
  const { title = '', body = '' } = texts.get(number) ?? {}
  return { number, url, head: head.branch, base: base.branch, title, body }
}

function refused(operation: string): ReviewerError {
  return new ReviewerError('refused', { operation, message: `it was not possible to ${operation}` })
}
