import type { RepositoryId, Work } from './types.ts'
import type { QueuedWork } from './work-queue-port.ts'

/** `12/acme/fleet`: names of GitHub are equal whatever their case. */
export function repositoryKey({ installation, owner, name }: RepositoryId): string {
  return `${installation}/${owner}/${name}`.toLowerCase()
}

export function toQueuedWork(work: Work): QueuedWork<Work> {
  return { key: workKey(work), lane: workLane(work), priority: priorities[work.type], work }
}

/** Equal keys are the same work: what waits is done once, and what runs is done again when more came meanwhile. */
function workKey(work: Work): string {
  const of = `${work.type}:${repositoryKey(work.repository)}`
  switch (work.type) {
    case 'review':
      return `${of}#${work.pullRequest}${again(work)}`
    case 'compile':
      return `${of}@${work.branch}${again(work)}`
    case 'merge-group':
      return `${of}@${work.head}${again(work)}`
    case 'command':
      return `${of}#${work.comment}`
    case 'approve':
      // By whom: a stranger who presses it too must not take the place of who may.
      return `${of}#${work.check}/${work.by.toLowerCase()}`
    case 'reconcile':
      return work.again === undefined ? of : `${of}@${work.again}`
    case 'fleet':
    case 'forget':
      return of
  }
}

/** Apart from what an event asks for: that somebody wants it again must not be lost where the two wait together. */
function again(work: { readonly again?: true }): string {
  return work.again === undefined ? '' : '!'
}

/** One at a time is done of each lane: what writes the rendered branch, and each pull request. */
function workLane(work: Work): string {
  const repository = repositoryKey(work.repository)
  switch (work.type) {
    case 'review':
    case 'command':
      return `${repository}#${work.pullRequest}`
    case 'merge-group':
      return `${repository}@${work.head}`
    case 'compile':
    case 'approve':
    case 'fleet':
    case 'forget':
      return `${repository}@`
    case 'reconcile':
      return `${repository}?`
  }
}

/** People wait for the small numbers. */
const priorities: Readonly<Record<Work['type'], number>> = {
  approve: 1,
  command: 1,
  compile: 2,
  'merge-group': 2,
  review: 3,
  fleet: 4,
  reconcile: 5,
  forget: 5,
}
