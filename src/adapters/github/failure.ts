import { printable } from '../../diagnostics/printable.ts'
import { ReviewerError } from '../../report/reviewer-port.ts'
import { readAnswer, type Answer } from './limits.ts'

/** What is done, in the words of a message, and what it needs. */
export interface Operation {
  /** `comment on pull request 5 of owner/name`. */
  readonly name: string
  /** As `permissions:` of a workflow names it. */
  readonly permission: string
  readonly writes?: true
}

interface Known {
  readonly isLimited: boolean
  /** Never printed. */
  readonly token: string
}

/** A failure by its status. Says what to do, and never the token. */
export function toReviewerError(error: unknown, operation: Operation, known: Known): ReviewerError {
  if (error instanceof ReviewerError) return error
  const answer = readAnswer(error)
  const { status } = answer
  const details = { operation: operation.name }
  const words = wordsOf(answer, known.token)
  if (status === 0 || status >= 500) return unavailable(error, operation, status)
  if (status === 429 || (known.isLimited && (status === 403 || status === 200))) {
    return new ReviewerError('throttled', {
      ...details,
      message: `GitHub wants fewer requests: it was not possible to ${operation.name} (${status})`,
      hint: 'run again later; where several workflows share a token, give this one its own',
    })
  }
  switch (status) {
    case 401:
      return new ReviewerError('unauthorized', {
        ...details,
        message: `GitHub does not take the token (401): it was not possible to ${operation.name}`,
        hint: 'give a token that is valid and has not expired',
      })
    case 403:
    case 404:
    case 410: {
      const permission = missingPermission(
        answer.headers['x-accepted-github-permissions'],
        operation.permission,
      )
      return new ReviewerError(status === 403 ? 'forbidden' : 'not-found', {
        ...details,
        permission,
        message:
          status === 403
            ? `GitHub does not let the token ${operation.name} (403)${words}`
            : `GitHub has nothing there, or hides it from the token (${status}): it was not possible to ${operation.name}`,
        hint: `add \`${permission}\` to the permissions of the job or the app`,
      })
    }
    default:
      return new ReviewerError('refused', {
        ...details,
        message: `GitHub does not take the request to ${operation.name} (${status})${words}`,
      })
  }
}

/** Sent, and no answer to rely on. */
function unavailable(error: unknown, { name, writes }: Operation, status: number): ReviewerError {
  const code = status === 0 ? codeOf(error) : String(status)
  return new ReviewerError('unavailable', {
    operation: name,
    message: `GitHub failed or could not be reached (${code}): it was not possible to ${name}`,
    hint: 'run again later; is a proxy needed (HTTPS_PROXY, NO_PROXY)?',
    mayHaveHappened: writes === true && !neverSent.has(code),
  })
}

const neverSent = new Set(['ECONNREFUSED', 'ENOTFOUND', 'EAI_AGAIN', 'UND_ERR_CONNECT_TIMEOUT'])

/**
 * What GitHub says is accepted: `issues=write; pull_requests=write` are two ways, `contents=read,checks=write` is one that
 * needs both. The known one stands where it is among them, whatever its level.
 */
export function missingPermission(accepted: string | undefined, known: string): string {
  const sets = (accepted ?? '')
    .split(';')
    .map((set) => set.split(',').flatMap(toPermission))
    .filter((set) => set.length > 0)
  const [knownName = ''] = known.split(':')
  const isKnown =
    sets.length === 0 || sets.some((set) => set.length === 1 && set[0]?.startsWith(`${knownName}:`))
  return isKnown ? known : (sets[0] ?? []).join(', ')
}

/** `pull_requests=write` → `pull-requests: write`, as in a workflow. */
function toPermission(text: string): string[] {
  const [, name, level] = /^\s*(\w+)=(\w+)\s*$/.exec(text) ?? []
  return name === undefined || level === undefined ? [] : [`${name.replaceAll('_', '-')}: ${level}`]
}

/** GitHub's own explanation, of which a line is enough. */
function wordsOf({ data }: Answer, token: string): string {
  if (typeof data !== 'object' || data === null) return ''
  const { message, errors } = data as { message?: unknown; errors?: unknown }
  const details = Array.isArray(errors) ? errors.map((each) => describe(each)) : []
  const text = [describe(message), ...details].filter((each) => each !== '').join('; ')
  if (text === '') return ''
  const shown = token === '' ? text : text.replaceAll(token, '***')
  return `: ${printable([...shown].slice(0, 300).join(''))}`
}

function describe(value: unknown): string {
  if (typeof value === 'string') return value
  if (typeof value !== 'object' || value === null) return ''
  const { resource, field, code, message } = value as Record<string, unknown>
  return [resource, field, message ?? code].filter((each) => typeof each === 'string').join(' ')
}

function codeOf(error: unknown): string {
  for (let each = error, depth = 0; each instanceof Error && depth < 8; each = each.cause, depth += 1) {
    if ('code' in each && typeof each.code === 'string') return each.code
    if (each.name === 'TimeoutError') return each.name
  }
  return 'no answer'
}
