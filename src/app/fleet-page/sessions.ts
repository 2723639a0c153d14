import { createHash, randomBytes, timingSafeEqual } from 'node:crypto'
import type { IncomingMessage } from 'node:http'
import { sealData, unsealData } from 'iron-session'
import { z } from 'zod'
import type { SignedIn } from '../../review/visitors-port.ts'

/** Somebody who signed in. */
export type Session = z.infer<typeof session>

/** A sign-in that is under way in one browser. */
export type Login = z.infer<typeof login>

/** What browsers keep for us, sealed: they can neither read nor change it. Nothing of it is kept here. */
export interface Sessions {
  /** Undefined where there is none, and for one that is forged, over, or of another secret. */
  readSession(request: IncomingMessage): Promise<Session | undefined>
  readLogin(request: IncomingMessage): Promise<Login | undefined>
  /** Values of `Set-Cookie`. */
  openSession(person: SignedIn): Promise<string>
  openLogin(login: Omit<Login, 'kind' | 'endsAt'>): Promise<string>
  readonly endSession: string
  readonly endLogin: string
}

/** One is never taken for the other: both are sealed with the same secret. */
const session = z.object({
  kind: z.literal('session'),
  login: z.string(),
  token: z.string(),
  /** Comes back with what changes something, so that no other site can. */
  proof: z.string(),
  /** Milliseconds since the epoch. */
  endsAt: z.number(),
})
const login = z.object({
  kind: z.literal('login'),
  state: z.string(),
  verifier: z.string(),
  /** Own path. */
  returnTo: z.string(),
  endsAt: z.number(),
})

const sessionMs = 8 * 3_600_000
const loginMs = 10 * 60_000

export interface SessionOptions {
  readonly secret: string
  /** The app is reached by HTTPS. */
  readonly isSecure: boolean
  readonly now: () => number
}

export function createSessions({ secret, isSecure, now }: SessionOptions): Sessions {
  // With this prefix browsers take it from this very host alone, and over HTTPS.
  const prefix = isSecure ? '__Host-' : ''
  const names = { session: `${prefix}fleetwright_session`, login: `${prefix}fleetwright_login` }
  const attributes = `Path=/; HttpOnly; SameSite=Lax${isSecure ? '; Secure' : ''}`
  const toCookie = (name: string, value: string, lifeMs: number): string =>
    `${name}=${value}; Max-Age=${Math.max(0, Math.floor(lifeMs / 1000))}; ${attributes}`
  const seal = (data: Session | Login): Promise<string> =>
    // Its end is in it, by our clock.
    sealData(data, { password: secret, ttl: 0 })
  const unseal = async (request: IncomingMessage, name: string): Promise<unknown> => {
    const value = readCookie(request, name)
    // Nothing that anybody sends may end in an error of ours.
    return value === undefined
      ? undefined
      : unsealData<unknown>(value, { password: secret, ttl: 0 }).catch(() => undefined)
  }
  const current = <Sealed extends { readonly endsAt: number }>(found: Sealed | undefined) =>
    found !== undefined && found.endsAt > now() ? found : undefined
  return {
    readSession: async (request) => current(session.safeParse(await unseal(request, names.session)).data),
    readLogin: async (request) => current(login.safeParse(await unseal(request, names.login)).data),
    async openSession({ login: person, token, endsAt = Number.POSITIVE_INFINITY }) {
      const end = Math.min(endsAt, now() + sessionMs)
      const proof = randomToken()
      const sealed = await seal({ kind: 'session', login: person, token, proof, endsAt: end })
      return toCookie(names.session, sealed, end - now())
    },
    async openLogin(given) {
      return toCookie(names.login, await seal({ kind: 'login', ...given, endsAt: now() + loginMs }), loginMs)
    },
    endSession: toCookie(names.session, '', 0),
    endLogin: toCookie(names.login, '', 0),
  }
}

/** 256 bits that nobody can guess, in characters of URLs. */
export function randomToken(): string {
  return randomBytes(32).toString('base64url')
}

/** Takes equally long whatever differs. */
export function isSame(one: string, other: string): boolean {
  const digest = (text: string) => createHash('sha256').update(text).digest()
  return timingSafeEqual(digest(one), digest(other))
}

function readCookie({ headers }: IncomingMessage, name: string): string | undefined {
  const found = (headers.cookie ?? '')
    .split(';')
    .map((pair) => pair.trim())
    .find((pair) => pair.startsWith(`${name}=`))
  return found?.slice(name.length + 1)
}
