/** Pull requests that the app itself opens. Throws ReviewerError, as Reviewer does. */
export interface Proposals {
  /** Open ones of this app whose branch starts with this and lies in the repository itself, by number. */
  list(branchPrefix: string): Promise<readonly Proposal[]>
  /** Opens one from a branch that was pushed; gives the one that is open for that branch if there is one. */
  open(proposal: Omit<Proposal, 'number' | 'url'>): Promise<Proposal>
  /** Title and body, unless they are so already. */
  update(number: number, text: { readonly title: string; readonly body: string }): Promise<void>
  /** Closes it without merging, with a comment that says why. One that is closed or merged counts as closed. */
  close(number: number, why: string): Promise<void>
  /** Deletes a branch of the repository, if it is still at this commit. */
  deleteBranch(branch: string, commit: string): Promise<void>
}

export interface Proposal {
  readonly number: number
  readonly url: string
  /** Branch of the repository: `fleetwright/fleet/prod/eu`. */
  readonly head: string
  readonly base: string
  readonly title: string
  readonly body: string
}
