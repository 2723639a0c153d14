import type { Account, Happening } from './state.ts'

/** Ids, accounts and time of a double. */
export interface World {
  /** `http://127.0.0.1:1234`, where people look at what the API gives. */
  readonly url: string
  nextId(): number
  /** What GitHub's clock shows on things that are made: grows with each look. */
  now(): string
  account(login: string): Account
  /** That of tokens and deliveries. */
  readonly time: WorldTime
  /** Tells the apps. */
  happened(happening: Happening): void
}

export interface WorldTime {
  /** Milliseconds since the epoch: the machine's clock, and what was added. */
  now(): number
  advance(milliseconds: number): void
}

/**
 * `counting` grows by a second with each look and starts with 2026; `real` is the machine's clock, whose seconds may be equal
 * as on GitHub.
 */
export type WorldClock = 'counting' | 'real'

export function createWorld(
  { url, clock }: { readonly url: string; readonly clock: WorldClock },
  happened: World['happened'],
): World {
  let id = 1000
  let seconds = 0
  let added = 0
  const accounts = new Map<string, Account>()
  const now = (): number => Date.now() + added
  return {
    ...{ url, happened },
    nextId: () => (id += 1),
    now: () => toSeconds(clock === 'real' ? now() : Date.UTC(2026, 0, 2, 3, 4, (seconds += 1))),
    account(login) {
      const known = accounts.get(login.toLowerCase())
      if (known) return known
      const type = login.endsWith('[bot]') ? ('Bot' as const) : ('User' as const)
      const account = { login, id: accounts.size + 1, type }
      accounts.set(login.toLowerCase(), account)
      return account
    },
    time: { now, advance: (milliseconds) => void (added += milliseconds) },
  }
}

function toSeconds(milliseconds: number): string {
  return new Date(milliseconds).toISOString().replace(/\.\d+/, '')
}
