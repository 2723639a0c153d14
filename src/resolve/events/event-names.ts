import { createHash } from 'node:crypto'
import type { EventTrigger } from '../../intent/types.ts'

/** `EventTrigger/policy`. */
export function triggerId({ name }: Pick<EventTrigger, 'name'>): string {
  return `EventTrigger/${name}`
}

/** `EventTrigger/policy@production/eu`: a trigger in one source cluster. */
export function triggeredId(trigger: Pick<EventTrigger, 'name'>, cluster: string): string {
  return `${triggerId(trigger)}@${cluster}`
}

/**
 * A name that follows from what it stands for, where Sveltos draws one: as readable as it can be, told from others by the
 * digest of `identity`.
 */
export function deterministicName(words: readonly string[], identity: string): string {
  const digest = createHash('sha256').update(identity).digest('hex').slice(0, 10)
  const readable = words
    .map((word) =>
      word
        .toLowerCase()
        .replace(/[^a-z0-9]+/g, '-')
        .replace(/^-+|-+$/g, ''),
    )
    .filter((word) => word !== '')
    .join('-')
  return `${readable.slice(0, 100).replace(/-+$/, '')}-${digest}`.replace(/^-/, '')
}
