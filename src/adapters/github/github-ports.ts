import type { Reviewer } from '../../report/reviewer-port.ts'
import type { RequestBudget } from '../../review/budget-port.ts'
import type { Conversation } from '../../review/conversation-port.ts'
import type { Issues } from '../../review/issues-port.ts'
import type { Proposals } from '../../review/proposals-port.ts'
import type { RepositoryHost } from '../../review/repository-host-port.ts'
import { createConnection, type ConnectionOptions } from './connection.ts'
import { createConversation } from './conversation.ts'
import { createReviewerOf } from './github.ts'
import { createIssues } from './issues.ts'
import { createProposals } from './proposals.ts'
import type { Pace } from './pace.ts'
import { createRepository } from './repository.ts'
import { createRepositoryHost, type AppIdentity } from './repository-host.ts'
import { createBudgetGauge, type BudgetGauge } from './request-budget.ts'

export { createWritePace, type Pace } from './pace.ts'
export { createBudgetGauge, type BudgetGauge } from './request-budget.ts'

export interface GitHubPortsOptions extends ConnectionOptions {
  readonly repository: { readonly owner: string; readonly name: string }
  /** Asked before each request: tokens of installations expire. */
  readonly token: () => Promise<string>
  /** Told of one that GitHub did not take, or not for what was asked. */
  readonly refused?: (token: string) => void
  readonly app: AppIdentity
  /** One for all repositories of an installation. */
  readonly budget?: BudgetGauge
  /** One for all repositories of an installation. */
  readonly writePace?: Pace
}

export interface ConnectedGitHubPorts {
  readonly reviewer: Reviewer
  readonly conversation: Conversation
  readonly host: RepositoryHost
  readonly proposals: Proposals
  readonly issues: Issues
  /** What is left of the requests that GitHub takes; undefined before the first answer, and where nothing limits them. */
  readonly budget: () => RequestBudget | undefined
  /** Ends open connections. */
  close(): Promise<void>
}

/** All that the app does in one repository on GitHub, through one client. */
export function createGitHubPorts(options: GitHubPortsOptions): ConnectedGitHubPorts {
  const { app, token, refused, budget = createBudgetGauge(), writePace } = options
  const connection = createConnection(options)
  const client = connection.createClient({
    ...{ identity: { token, ...(refused && { refused }) }, budget },
    ...(writePace && { writePace }),
  })
  const repository = createRepository(client, options.repository, app.login)
  return {
    reviewer: createReviewerOf(repository),
    conversation: createConversation(repository),
    host: createRepositoryHost(repository, app),
    proposals: createProposals(repository),
    issues: createIssues(repository),
    budget: () => budget.read(),
    close: () => connection.close(),
  }
}
