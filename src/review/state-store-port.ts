/**
 * What the app must remember beside what stands on GitHub and in Git: who approved what, when a head was first seen, facts
 * that no branch holds yet. Shared by all replicas, and kept by the same store as the queue. Keys start with the
 * installation: `12/acme/fleet/approvals/…`. Methods throw EnvironmentError when the store fails.
 */
export interface StateStore {
  get(key: string): Promise<string | undefined>
  /** Values of the keys that start with this, sorted by key. */
  list(prefix: string): Promise<ReadonlyMap<string, string>>
  /** All of it or none; undefined takes a key away. Durable when it resolves. */
  put(values: ReadonlyMap<string, string | undefined>): Promise<void>
  /**
   * Takes or keeps a lease of so many milliseconds; false when another holder has it. `0` gives it back.
   * Two holders never have one at the same time, as far as their clocks run equally fast.
   */
  lease(name: string, holder: string, milliseconds: number): Promise<boolean>
  close(): Promise<void>
}
