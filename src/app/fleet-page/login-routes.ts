import { Buffer } from 'node:buffer'
import { createHash } from 'node:crypto'
import type { IncomingMessage } from 'node:http'
import { ReviewerError } from '../../report/reviewer-port.ts'
import type { FleetPages, MessageView } from '../../report/report.ts'
import type { Visitors } from '../../review/visitors-port.ts'
import type { Answer } from '../answer.ts'
import { loginCallbackPath } from '../permissions.ts'
import type { Route } from '../server.ts'
import type { Log } from '../types.ts'
import { toOwnPath } from './own-path.ts'
import { toPageAnswer, toRedirect } from './page-answer.ts'
import { isSame, randomToken, type Login, type Sessions } from './sessions.ts'

export interface LoginOptions {
  readonly visitors: Visitors
  readonly sessions: Sessions
  readonly pages: FleetPages
  /** Where browsers reach the app, without a slash at its end. */
  readonly publicUrl: string
  readonly log: Log
}

/** Signing in with GitHub and out again. */
export function loginRoutes(options: LoginOptions): readonly Route[] {
  return [
    { path: '/login', method: 'GET', answer: (request) => begin(options, request) },
    { path: loginCallbackPath, method: 'GET', answer: (request) => comeBack(options, request) },
    { path: '/logout', method: 'POST', answer: (request) => signOut(options, request) },
  ]
}

/** Where somebody signs in who wants to see this path. */
export function loginPath(wanted: string): string {
  const path = toOwnPath(wanted)
  return path === '/' ? '/login' : `/login?return=${encodeURIComponent(path)}`
}

async function begin(
  { visitors, sessions, publicUrl }: LoginOptions,
  request: IncomingMessage,
): Promise<Answer> {
  const [state, verifier] = [randomToken(), randomToken()]
  const returnTo = toOwnPath(queryOf(request).get('return'))
  const location = visitors.loginUrl({
    ...{ returnTo: `${publicUrl}${loginCallbackPath}`, state },
    challenge: createHash('sha256').update(verifier).digest('base64url'),
  })
  return toRedirect(location, [await sessions.openLogin({ state, verifier, returnTo })])
}

async function comeBack(options: LoginOptions, request: IncomingMessage): Promise<Answer> {
  const { sessions, log } = options
  const query = queryOf(request)
  const login = await sessions.readLogin(request)
  // Only the browser that began may end it, or somebody could be signed in as somebody else.
  if (login === undefined || !isSame(query.get('state') ?? '', login.state)) {
    log.info('sign-in-refused', { why: login === undefined ? 'not begun' : 'state' })
    return refuse(options, 400, unknownLogin)
  }
  if (query.has('error')) {
    log.info('sign-in-refused', { why: 'denied' })
    return refuse(options, 403, denied, login)
  }
  try {
    return await exchange(options, login, query.get('code') ?? '')
  } catch (error) {
    if (!(error instanceof ReviewerError)) throw error
    log.warn('sign-in-failed', { error })
    return refuse(options, 502, failed, login)
  }
}

async function exchange(options: LoginOptions, login: Login, code: string): Promise<Answer> {
  const { visitors, sessions, publicUrl, log } = options
  const returnTo = `${publicUrl}${loginCallbackPath}`
  const person = await visitors.signIn({ code, returnTo, verifier: login.verifier })
  if (person === undefined) {
    log.info('sign-in-refused', { why: 'code' })
    return refuse(options, 400, staleCode, login)
  }
  log.info('signed-in', { login: person.login })
  return toRedirect(login.returnTo, [await sessions.openSession(person), sessions.endLogin])
}

type Refusal = Pick<MessageView, 'title' | 'paragraphs'>

const unknownLogin: Refusal = {
  title: 'This sign-in is not known here',
  paragraphs: [
    'It was begun in another browser, more than ten minutes ago, or has ended already. If you keep cookies of this site out, let them in.',
  ],
}
const denied: Refusal = {
  title: 'You did not sign in',
  paragraphs: [
    'GitHub says that the app was not authorized. It sees of your account what you may read where it is installed.',
  ],
}
const staleCode: Refusal = {
  title: 'This sign-in has ended',
  paragraphs: ['GitHub does not take its code, which works once and for ten minutes.'],
}
const failed: Refusal = {
  title: 'Signing in failed',
  paragraphs: [
    'GitHub did not answer, or does not take what the app says of itself. Try again; who runs the app finds the reason in its log.',
  ],
}

function refuse({ pages, sessions }: LoginOptions, status: number, refusal: Refusal, login?: Login): Answer {
  const link = { path: loginPath(login?.returnTo ?? '/'), text: 'Sign in with GitHub' }
  return toPageAnswer(status, pages.message({ ...refusal, link }), [sessions.endLogin])
}

async function signOut({ pages, sessions, log }: LoginOptions, request: IncomingMessage): Promise<Answer> {
  const session = await sessions.readSession(request)
  if (session === undefined) return toRedirect('/', [sessions.endSession])
  const form = new URLSearchParams(await readForm(request))
  if (!isSame(form.get('proof') ?? '', session.proof)) {
    const refusal = {
      title: 'You are still signed in',
      paragraphs: ['This did not come from a page of this app.'],
    }
    return { ...toPageAnswer(403, pages.message(refusal)), close: true }
  }
  log.info('signed-out', { login: session.login })
  return toRedirect('/', [sessions.endSession])
}

/** More than any form of ours. */
const mostFormBytes = 4096

/** Empty for what cannot be a form of ours. */
async function readForm(request: IncomingMessage): Promise<string> {
  const chunks: Buffer[] = []
  let length = 0
  for await (const chunk of request) {
    length += (chunk as Buffer).length
    if (length > mostFormBytes) return ''
    chunks.push(chunk as Buffer)
  }
  return Buffer.concat(chunks).toString('utf8')
}

function queryOf({ url = '' }: IncomingMessage): URLSearchParams {
  const at = url.indexOf('?')
  return new URLSearchParams(at < 0 ? '' : url.slice(at))
}
