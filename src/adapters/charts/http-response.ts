export interface HttpResponse {
  /** Below 500 and not 429: those are retried and thrown. */
  readonly status: number
  readonly headers: Readonly<Record<string, string>>
  readonly body: Uint8Array
  /** After redirects. */
  readonly url: string
}
