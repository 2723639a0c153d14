import type { StandingCheck } from '../../review/repository-host-port.ts'
import { isOurs, parseExternalId } from './plan-check.ts'

/** As either of the two interfaces of GitHub tells it. */
export function toStandingCheck(check: {
  readonly id: number
  readonly name: string
  readonly commit: string
  /** In small letters. */
  readonly status: string
  readonly externalId: string | null
  readonly summary: string | null
  readonly completedAt?: string | null
}): StandingCheck {
  const { id, name, commit, status, externalId, summary, completedAt = null } = check
  return {
    ...{ id, name, commit, summary: summary ?? '' },
    // `waiting`, `requested` and `pending` are of GitHub's own workflows.
    state: status === 'completed' || status === 'in_progress' ? status : 'queued',
    ...(completedAt !== null && { completedAt }),
    ...(isOurs(externalId) && { run: parseExternalId(externalId ?? '').run }),
  }
}
