/** People who sign in at the host to look at what they may read there. Throws ReviewerError, as Reviewer does. */
export interface Visitors {
  /** Where a browser goes to sign in; it comes back to `returnTo` with a code and the same state. */
  loginUrl(login: {
    readonly returnTo: string
    /** Nobody can guess it. */
    readonly state: string
    /** PKCE: SHA-256 of the verifier, base64url. */
    readonly challenge: string
  }): string
  /** Undefined for a code that is not taken: used before, too old, or of another verifier. */
  signIn(given: {
    readonly code: string
    readonly returnTo: string
    /** PKCE. */
    readonly verifier: string
  }): Promise<SignedIn | undefined>
  /** A repository as this person sees it; `hidden` where there is none, or none for them. */
  look(token: string, owner: string, name: string): Promise<SeenRepository | 'hidden' | 'signed-out'>
}

export interface SignedIn {
  readonly login: string
  /** Works for what this person and the app may both do. */
  readonly token: string
  /** Milliseconds since the epoch; absent where it has no end of its own. */
  readonly endsAt?: number
}

/** As the host spells it. */
export interface SeenRepository {
  readonly owner: string
  readonly name: string
}
