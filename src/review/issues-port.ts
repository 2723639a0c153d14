/** Issues that the app itself opens. Throws ReviewerError, as Reviewer does. */
export interface Issues {
  /** Open ones of this app whose body starts with this marker, by number. */
  listOwn(marker: string): Promise<readonly OwnIssue[]>
  open(issue: Pick<OwnIssue, 'title' | 'body'>): Promise<OwnIssue>
  update(number: number, text: Pick<OwnIssue, 'title' | 'body'>): Promise<void>
  /** With a comment that says why. */
  close(number: number, why: string): Promise<void>
}

export interface OwnIssue {
  readonly number: number
  readonly title: string
  readonly body: string
}
