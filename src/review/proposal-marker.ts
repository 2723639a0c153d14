import { createHash } from 'node:crypto'

/** What every branch of the app starts with. Nobody else is kept from making one. */
export const ownBranchPrefix = 'fleetwright/'

const pattern = /^<!-- fleetwright-proposal ([0-9a-f]{16}) -->$/

/** A body of a proposal that says of itself, in a line that nobody sees, which content it proposes. */
export function withProposalMarker(digest: string, body: string): string {
  return `<!-- fleetwright-proposal ${digest} -->\n${body}`
}

/** What is below the marker; all of it where there is none. */
export function withoutProposalMarker(body: string): string {
  return readProposalMarker(body) === undefined ? body : body.replace(/^.*\r?\n/, '')
}

/** Digest of the content that a body was written for; undefined for a body that somebody wrote. */
export function readProposalMarker(body: string): string | undefined {
  const [line = ''] = body.split(/\r?\n/, 1)
  return pattern.exec(line)?.[1]
}

/** 16 digits, of whatever the content of a proposal is told apart by: the digest of the rendered tree. */
export function proposalDigest(content: string): string {
  return createHash('sha256').update(content).digest('hex').slice(0, 16)
}
