import type { RecentChange } from './types.ts'

/** Format of `git log -z` that is read here: commit, time of the commit, the whole message. */
export const changesFormat = '%H%n%cI%n%B'

/**
 * Commits of the rendered branch as `git log -z --format=<changesFormat>` prints them. Messages of the compiler say which
 * clusters changed, one a line, and end with trailers; anybody may have written others. Total: what is no such commit has no lines.
 */
export function parseChanges(log: string): readonly RecentChange[] {
  return log.split('\0').flatMap((text) => {
    const [commit = '', at = '', ...message] = text.split('\n')
    return /^[0-9a-f]{40,64}$/.test(commit.trim()) ? [toChange(commit.trim(), at, message.join('\n'))] : []
  })
}

function toChange(commit: string, at: string, message: string): RecentChange {
  const paragraphs = message.trim().split(/\n{2,}/)
  const [subject = ''] = paragraphs
  const trailers = paragraphs.length > 1 ? (paragraphs.at(-1) ?? '') : ''
  const source = /^Source-Commit: ([0-9a-f]{40,64})$/m.exec(trailers)?.[1]
  return {
    ...{ commit, at, subject: subject.split('\n')[0] ?? '' },
    ...(source !== undefined && { sourceCommit: source }),
    lines: paragraphs.length > 2 ? (paragraphs[1] ?? '').split('\n') : [],
  }
}
