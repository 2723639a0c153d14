import type { Offer } from '../../sources/source-remote-port.ts'

/**
 * What `GET /info/refs?service=git-upload-pack` says (gitprotocol-http, version 0): refs with their commits, annotated tags
 * by the commit that they stand for. Undefined when the bytes are something else, a web page for instance.
 */
export function parseAdvertisement(bytes: Uint8Array): Offer[] | undefined {
  const lines = packetLines(Buffer.from(bytes.buffer, bytes.byteOffset, bytes.byteLength))
  if (lines?.[0]?.trimEnd() !== '# service=git-upload-pack') return undefined
  return toOffers(lines.slice(1).map((line) => line.replace(/\0[^]*$/, '').trimEnd()))
}

/** `<commit> <ref>` lines, as `git ls-remote` prints them as well. */
export function toOffers(lines: readonly string[]): Offer[] {
  const commits = new Map<string, string>()
  for (const line of lines) {
    const [, commit, ref] = /^([0-9a-f]{40}|[0-9a-f]{64})\s+(.+)$/.exec(line) ?? []
    // An empty repository advertises its capabilities under a name that is no ref.
    if (commit === undefined || ref === undefined || ref === 'capabilities^{}') continue
    commits.set(ref.replace(/\^\{\}$/, ''), commit)
  }
  return [...commits].map(([name, revision]) => ({ name, revision, urls: [] }))
}

function packetLines(bytes: Buffer): string[] | undefined {
  const lines: string[] = []
  for (let at = 0; at < bytes.length;) {
    const length = Number.parseInt(bytes.toString('latin1', at, at + 4), 16)
    if (Number.isNaN(length) || (length > 0 && length < 4) || at + length > bytes.length) return undefined
    if (length > 4) lines.push(bytes.toString('utf8', at + 4, at + length))
    at += Math.max(length, 4)
  }
  return lines
}
