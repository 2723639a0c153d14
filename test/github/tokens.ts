import { createHash } from 'node:crypto'
import { readAppToken } from './app-token.ts'
import type { AppState } from './apps.ts'
import type { Identity } from './state.ts'
import type { World } from './world.ts'

/** Tokens that work, and whose they are. */
export interface Tokens {
  /** `ghs_…` for programs, `ghu_…` for people who signed in. */
  issue(prefix: 'ghs' | 'ghu', login: string, identity: Omit<Identity, 'account'>): string
  /** Its identity, or what GitHub says is wrong with it. */
  read(token: string): Identity | string
  change(token: string, permissions: Identity['permissions']): void
  revoke(token: string): void
}

export function createTokens(world: World, apps: Iterable<AppState>): Tokens {
  const tokens = new Map<string, Identity>()
  return {
    issue(prefix, login, identity) {
      const seed = createHash('sha256').update(`${login}${tokens.size}`).digest('hex')
      const token = `${prefix}_${seed.slice(0, 36)}`
      tokens.set(token, { ...identity, account: world.account(login) })
      return token
    },
    read(token) {
      if (token.includes('.')) {
        const read = readAppToken(token, apps, world.time.now())
        if ('fault' in read) return read.fault
        return { account: world.account(read.app.login), permissions: {}, app: read.app }
      }
      const identity = tokens.get(token)
      const isOver = identity?.expiresAt !== undefined && identity.expiresAt <= world.time.now()
      const isGone = identity?.installation?.isRemoved === true
      return identity === undefined || isOver || isGone ? 'Bad credentials' : identity
    },
    change(token, permissions) {
      const identity = tokens.get(token)
      if (identity) identity.permissions = permissions
    },
    revoke: (token) => void tokens.delete(token),
  }
}
