/** Tells when the intent that is watched for is another one. */
export interface Following {
  /** What was noted before the commit was looked up that is watched. */
  begin(noted: string | undefined): void
  /**
   * Whether what is noted now asks for another commit than the one that is watched; said once it is the same for two looks, so
   * that a row of pushes is one.
   */
  isOther(noted: string | undefined, watched: string): boolean
}

export function createFollowing(): Following {
  let before: string | undefined
  let seen: string | undefined
  return {
    begin(noted) {
      before = noted
      seen = undefined
    },
    isOther(noted, watched) {
      // What was noted at the beginning may be older than what is watched.
      if (noted === undefined || noted === before || noted === watched) {
        seen = undefined
        return false
      }
      const isSettled = seen === noted
      seen = noted
      return isSettled
    },
  }
}
