import { EnvironmentError } from '../diagnostics/errors.ts'
import type { Installations } from '../review/installations-port.ts'
import type { StateStore } from '../review/state-store-port.ts'
import type { Log } from './types.ts'

/** Who the app is, as GitHub says. */
export interface Identity {
  /** Login and number; what GitHub said some other time while it says nothing now. Throws where nobody ever knew. */
  read(): Promise<{ readonly login: string; readonly app: number }>
  /** Resolves when GitHub has taken the app's key. */
  readonly confirmed: Promise<void>
  isConfirmed(): boolean
  stop(): void
}

export interface IdentityOptions {
  readonly installations: Installations
  readonly state: StateStore
  readonly app: number
  readonly log: Log
  readonly wait: (milliseconds: number, signal: AbortSignal) => Promise<void>
}

const againMs = { first: 2000, most: 60_000 } as const

/** Asks GitHub until it answers. Webhooks are taken meanwhile, as far as somebody knows who the app is. */
export function createIdentity({ installations, state, app, log, wait }: IdentityOptions): Identity {
  const stopped = new AbortController()
  const key = `app/login/${app}`
  let login: string | undefined
  async function confirm(): Promise<void> {
    for (let pauseMs: number = againMs.first; ; pauseMs = Math.min(againMs.most, pauseMs * 2)) {
      if (stopped.signal.aborted) return
      try {
        login = await installations.login()
        await state.put(new Map([[key, login]]))
        log.info('authenticated', { login })
        return
      } catch (error) {
        log.error('not-authenticated', {
          error,
          hint: 'GitHub did not take the key of the app, or did not answer: compare APP_ID and PRIVATE_KEY with the settings page of the app',
        })
        if (login !== undefined) return
      }
      await wait(pauseMs, stopped.signal)
    }
  }
  const confirmed = confirm()
  return {
    async read() {
      const known = login ?? (await state.get(key))
      if (known !== undefined) return { login: known, app }
      throw new EnvironmentError({
        ...{ adapter: 'github', operation: 'learn who the app is', retryable: true },
        message: 'GitHub has not said yet who the app is',
      })
    },
    confirmed,
    isConfirmed: () => login !== undefined,
    stop: () => stopped.abort(),
  }
}
