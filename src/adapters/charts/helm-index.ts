import { parseAllDocuments } from 'yaml'
import { z } from 'zod'
import type { Offer } from '../../sources/source-remote-port.ts'

/** What an index says about one chart; without the chart, the names that there are. */
export type ChartOffers =
  | { readonly type: 'offers'; readonly offers: readonly Offer[] }
  | { readonly type: 'no-chart'; readonly names: readonly string[] }
  | { readonly type: 'malformed' }

const versionSchema = z.object({
  version: z.string(),
  urls: z.array(z.string()).default([]),
  digest: z.string().optional(),
})
const indexSchema = z.object({ entries: z.record(z.string(), z.array(z.unknown()).nullish()) })

/**
 * Versions of one chart in an `index.yaml`. Public indexes have 25 MiB and one chart is a thousandth of it: only its part
 * is parsed where the file has the form that `helm repo index` writes, the whole file otherwise.
 * @param repositoryUrl what relative addresses are relative to
 */
export function readChartOffers(text: string, chart: string, repositoryUrl: string): ChartOffers {
  const parts = cutEntries(text, chart)
  const entries =
    parts === undefined
      ? readWhole(text)
      : new Map([[chart, parts.part === undefined ? undefined : readPart(parts.part)]])
  if (entries === undefined) return { type: 'malformed' }
  const versions = entries.get(chart)
  if (versions === undefined) {
    return parts !== undefined && parts.part !== undefined
      ? { type: 'malformed' }
      : { type: 'no-chart', names: parts?.names ?? [...entries.keys()] }
  }
  return {
    type: 'offers',
    // As Helm: an entry that is none is skipped, the others count.
    offers: versions.flatMap((each) => {
      const { success, data } = versionSchema.safeParse(each)
      if (!success || data.urls.length === 0) return []
      const digest = /^(?:sha256:)?([0-9a-f]{64})$/.exec(data.digest ?? '')?.[1]
      return [
        {
          name: data.version,
          urls: data.urls.map((url) => resolveUrl(url, repositoryUrl)),
          ...(digest === undefined ? {} : { digest: `sha256:${digest}` }),
        },
      ]
    }),
  }
}

/** Relative addresses keep the query of the repository's, as Helm's ResolveReferenceURL does. */
export function resolveUrl(url: string, repositoryUrl: string): string {
  if (/^[a-z][a-z0-9+.-]*:/i.test(url)) return url
  const base = new URL(repositoryUrl)
  if (!base.pathname.endsWith('/')) base.pathname += '/'
  const resolved = new URL(url, base)
  if (resolved.search === '') resolved.search = base.search
  return resolved.href
}

/** The lines of one chart, by indentation; undefined when the file has another form. */
function cutEntries(text: string, chart: string): { part: string | undefined; names: string[] } | undefined {
  const start = /^entries:[ \t]*\r?\n/m.exec(text)
  if (start === null) return undefined
  const body = text.slice(start.index + start[0].length)
  const first = /^( +)(?:"[^"\n]+"|'[^'\n]+'|[^\s"'#{[-][^:\n]*):[ \t]*\r?$/m.exec(body)
  if (first?.index !== 0) return undefined
  const indent = first[1] ?? ''
  const heads = [
    ...body.matchAll(
      new RegExp(
        `^(?:${indent}(?:"([^"\\n]+)"|'([^'\\n]+)'|([^\\s"'#{\\[-][^:\\n]*)):[ \\t]*\\r?|(\\S).*)$`,
        'gm',
      ),
    ),
  ]
  const names: string[] = []
  let part: string | undefined
  for (const [index, head] of heads.entries()) {
    // A line without indentation ends the entries; a comment does not.
    if (head[4] !== undefined) {
      if (head[4] === '#') continue
      break
    }
    const name = head[1] ?? head[2] ?? head[3] ?? ''
    names.push(name)
    if (name === chart) part = body.slice(head.index, heads[index + 1]?.index ?? body.length)
  }
  return { part, names }
}

function readPart(part: string): readonly unknown[] | undefined {
  const value = tryParse(part)
  if (typeof value !== 'object' || value === null) return undefined
  const [versions] = Object.values(value) as unknown[]
  return Array.isArray(versions) ? (versions as readonly unknown[]) : undefined
}

function readWhole(text: string): Map<string, readonly unknown[] | undefined> | undefined {
  const { success, data } = indexSchema.safeParse(tryParse(text))
  if (!success) return undefined
  return new Map(Object.entries(data.entries).map(([name, versions]) => [name, versions ?? undefined]))
}

/** Everything as text: `version: 1.10` must not become a number. */
function tryParse(text: string): unknown {
  const [document] = parseAllDocuments(text, { schema: 'failsafe', logLevel: 'silent', prettyErrors: false })
  if (document === undefined || !('contents' in document) || document.errors.length > 0) return undefined
  return document.toJS({ maxAliasCount: 1000 })
}
