/** What is said below a pull request, and who may say what. Throws ReviewerError, as Reviewer does. */
export interface Conversation {
  /** Undefined when it is gone, or is no comment of this repository. */
  readComment(id: number): Promise<SaidComment | undefined>
  /** Adds this reaction, unless it is there already. */
  react(comment: number, reaction: Reaction): Promise<void>
  /** What somebody may do in the repository; a stranger may `none` of a private and `read` a public one. */
  readPermission(login: string): Promise<Permission>
}

export interface SaidComment {
  readonly id: number
  readonly pullRequest: number
  readonly body: string
  readonly author: string
  /** An app, a bot account, or nobody any more. */
  readonly isBot: boolean
  /** ISO 8601 UTC, as GitHub's clock has it. */
  readonly createdAt: string
  /** It was edited since, by anybody. */
  readonly isEdited: boolean
}

export type Reaction = 'eyes' | '+1' | '-1' | 'confused' | 'rocket'

export type Permission = 'none' | 'read' | 'triage' | 'write' | 'maintain' | 'admin'
