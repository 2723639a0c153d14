import type { PullRequest } from '../../report/reviewer-port.ts'
import type { Permission, Reaction, SaidComment } from '../../review/conversation-port.ts'
import type { HostedRepository } from '../../review/repository-host-port.ts'
import { createMemoryReviewer, type MemoryReviewer } from './memory-reviewer.ts'

/** A repository on a host in memory, as all ports of `createMemoryGitHub` see it. */
export interface MemoryWorld {
  readonly login: string
  readonly reviewer: MemoryReviewer
  /** May be changed. */
  hosted: HostedRepository
  /** Commits by branch. */
  readonly branches: Map<string, string>
  /** By number; what others than the reviewer know of them is in `texts`. */
  readonly pulls: ReadonlyMap<number, PullRequest>
  /** Of pull requests and issues. */
  readonly texts: Map<number, WrittenText>
  /** Numbers of those that are issues, and whether they are open. */
  readonly issues: Map<number, boolean>
  /** Of what people said; what the app says is in the reviewer alone. */
  readonly said: Map<number, Pick<SaidComment, 'createdAt' | 'isEdited'>>
  readonly reactions: Map<number, Reaction[]>
  /** By login in lower case. */
  readonly permissions: Map<string, Permission>
  put(pull: PullRequest): void
  nextNumber(): number
  /** Grows by a second with each look. */
  now(): string
}

export interface WrittenText {
  readonly title: string
  readonly body: string
  readonly author: string
}

export function createMemoryWorld(login: string): MemoryWorld {
  const reviewer = createMemoryReviewer(login)
  const pulls = new Map<number, PullRequest>()
  let number = 0
  let seconds = 0
  return {
    ...{ login, reviewer, pulls },
    hosted: { defaultBranch: 'main', isPrivate: false, isArchived: false, url: 'memory:fleet/demo' },
    ...{ branches: new Map(), texts: new Map(), issues: new Map(), said: new Map() },
    ...{ reactions: new Map(), permissions: new Map() },
    put(pull) {
      pulls.set(pull.number, pull)
      reviewer.put(pull)
      number = Math.max(number, pull.number)
    },
    nextNumber: () => (number += 1),
    now: () => new Date(Date.UTC(2026, 0, 2, 3, 4, (seconds += 1))).toISOString().replace('.000', ''),
  }
}
