import type { IncomingMessage } from 'node:http'
import { EnvironmentError } from '../../diagnostics/errors.ts'
import { ReviewerError } from '../../report/reviewer-port.ts'
import { parseFleetQuery, toFleetPage, type FleetPages, type MessageView } from '../../report/report.ts'
import type { RepositoryId } from '../../review/types.ts'
import type { Answer } from '../answer.ts'
import type { Route } from '../server.ts'
import type { Log } from '../types.ts'
import type { FleetReading } from './fleet-reader.ts'
import { loginPath } from './login-routes.ts'
import { parseFleetPath } from './own-path.ts'
import { toPageAnswer, toRedirect } from './page-answer.ts'
import type { Session, Sessions } from './sessions.ts'
import type { Access } from './visitor-access.ts'

export interface FleetRouteOptions {
  readonly sessions: Sessions
  readonly access: (token: string, owner: string, name: string) => Promise<Access>
  readonly read: (repository: RepositoryId) => Promise<FleetReading>
  readonly pages: FleetPages
  readonly now: () => number
  readonly log: Log
}

/** A page that is being made asks again after so many seconds. */
const refreshSeconds = 3

/** The same words and bytes, whether there is no such repository, no fleet in it, or nobody who may know of it. */
const missing: MessageView = {
  title: 'There is no such fleet',
  paragraphs: [
    'There is no repository of this name with a fleet that you can read on GitHub and that this app is installed in.',
  ],
}

/** `/fleet/<owner>/<repository>`, for those who can read the repository. */
export function fleetRoute(options: FleetRouteOptions): Route {
  return { path: '/fleet/', method: 'GET', answer: (request) => answerFleet(options, request) }
}

async function answerFleet(options: FleetRouteOptions, request: IncomingMessage): Promise<Answer> {
  const { sessions, access, pages, log } = options
  const { url = '' } = request
  const session = await sessions.readSession(request)
  if (session === undefined) return toRedirect(loginPath(url))
  const [path = '', search = ''] = url.split(/\?(.*)/s)
  const named = parseFleetPath(path)
  if (named === undefined) return sayTo(options, session, 404, missing)
  try {
    const found = await access(session.token, named.owner, named.name)
    if (found === 'hidden') return sayTo(options, session, 404, missing)
    if (found === 'signed-out') {
      const link = { path: loginPath(url), text: 'Sign in with GitHub' }
      return toPageAnswer(401, pages.message({ ...ended, link }), [sessions.endSession])
    }
    return await showFleet(options, { session, repository: found, search })
  } catch (error) {
    if (!(error instanceof EnvironmentError)) throw error
    log.warn('fleet-page-failed', { repository: `${named.owner}/${named.name}`, error })
    // Taken out of the repository within the minute for which that was known.
    if (error instanceof ReviewerError && error.reason === 'not-found')
      return sayTo(options, session, 404, missing)
    if (error instanceof ReviewerError && error.reason === 'forbidden')
      return sayTo(options, session, 502, notPermitted(error))
    return sayTo(options, session, 502, away)
  }
}

const ended: Pick<MessageView, 'title' | 'paragraphs'> = {
  title: 'You are signed in no more',
  paragraphs: ['GitHub does not take your sign-in any more: it has ended, or somebody revoked it.'],
}

const away: MessageView = {
  title: 'GitHub does not answer',
  paragraphs: [
    'What the page shows is read from GitHub, which cannot be reached now. Try again in a minute.',
  ],
}

/** Whoever may read the repository may know what the app lacks there, and is the one who misses its checks. */
function notPermitted({ message, hint }: ReviewerError): MessageView {
  const said = [message, ...(hint === undefined ? [] : [hint])]
  return {
    title: 'The app may not do here what it needs to do',
    paragraphs: said.map((text) => `${text.charAt(0).toUpperCase()}${text.slice(1)}.`),
  }
}

interface Shown {
  readonly session: Session
  readonly repository: RepositoryId
  readonly search: string
}

async function showFleet(
  options: FleetRouteOptions,
  { session, repository, search }: Shown,
): Promise<Answer> {
  const { read, pages, now } = options
  const { status, known, proposals } = await read(repository)
  if (status === 'none') return sayTo(options, session, 404, missing)
  const name = `${repository.owner}/${repository.name}`
  if (known === undefined) return sayTo(options, session, ...nothingKnown(status, name))
  const notice = notices[status]
  const view = toFleetPage(known.state, {
    ...{ query: parseFleetQuery(search), proposals, now: now(), readAt: known.readAt },
    ...(notice !== undefined && { notice }),
  })
  const refresh = status === 'making' ? refreshSeconds : 0
  return toPageAnswer(200, pages.fleet(view, session, refresh))
}

const notices: Readonly<Record<FleetReading['status'], string | undefined>> = {
  current: undefined,
  none: undefined,
  making: 'The branches have moved: a newer state is being worked out, and this page will show it.',
  failed:
    'The branches have moved, and the newer state could not be worked out: the checks on GitHub may say why.',
}

function nothingKnown(status: FleetReading['status'], name: string): readonly [number, MessageView] {
  if (status === 'failed') {
    const paragraphs = [
      'The state of the fleet could not be worked out: the checks on GitHub may say why. It is tried again after a minute.',
    ]
    return [502, { title: name, paragraphs }]
  }
  const paragraphs = ['The state of the fleet is being worked out. This page asks again by itself.']
  return [202, { title: name, paragraphs, refreshSeconds }]
}

function sayTo({ pages }: FleetRouteOptions, session: Session, status: number, view: MessageView): Answer {
  return toPageAnswer(status, pages.message(view, session))
}
