import type { FileTree, KustomizationNeeds } from '../engine/types.ts'
import type { SourceOrigin } from '../resolve/types.ts'
import { maxRemoteDepth, maxRemotes } from './bounds.ts'
import { remotesTooDeep, unsupportedSource, type Subject } from './diagnostics.ts'
import type { FetchedTree } from './fetch-reference.ts'
import type { KustomizationReader } from './kustomization-reader.ts'
import { SourceFault } from './source-fault.ts'
import type { RemoteReference } from './source-remote-port.ts'

/** Fetches by key, once each; undefined when it could not be had, which was reported. */
export interface RemoteFetcher {
  base(reference: RemoteReference, path: string): Promise<FetchedTree | undefined>
  chart(reference: RemoteReference): Promise<FetchedTree | undefined>
}

/** What the kustomizations of one source bring in, by the texts that they use. */
export interface KustomizationRemotes {
  readonly remotes: Map<string, FileTree>
  readonly charts: Map<string, FileTree>
}

/**
 * Fetches the remote bases and charts of a kustomization, and those of the bases, into `into`: each round hands in what
 * the last one brought, until nothing is lacking. What the engine cannot read here it refuses when it builds: no second
 * report. Throws SourceFault when there is no end.
 */
export async function fetchKustomization(
  start: { readonly tree: FileTree; readonly path: string; readonly components: readonly string[] },
  subject: Subject,
  into: KustomizationRemotes,
  { reader, fetcher }: { reader: KustomizationReader; fetcher: RemoteFetcher },
): Promise<void> {
  const tried = new Set<string>()
  for (let round = 0; ; round++) {
    const needs = await reader.kustomizationNeeds({ ...start, remotes: into.remotes })
    if (!needs.ok) return
    const charts = needs.value.charts.filter(({ key }) => !into.charts.has(key) && !tried.has(`chart ${key}`))
    const remotes = needs.value.remotes.filter(({ text }) => !into.remotes.has(text) && !tried.has(text))
    if (charts.length === 0 && remotes.length === 0) return
    if (round >= maxRemoteDepth || tried.size + remotes.length > maxRemotes) {
      throw new SourceFault(remotesTooDeep(subject))
    }
    await Promise.all([
      ...charts.map(async (chart) => {
        tried.add(`chart ${chart.key}`)
        const fetched = await fetcher.chart(chartReference(chart, subject))
        if (fetched !== undefined) into.charts.set(chart.key, fetched.tree)
      }),
      ...remotes.map(async (remote) => {
        tried.add(remote.text)
        const fetched = await fetcher.base(baseReference(remote, subject), remote.repository?.path ?? '')
        if (fetched !== undefined) into.remotes.set(remote.text, fetched.tree)
      }),
    ])
  }
}

/** Kustomize tries a URL as a file and then as a repository; here its form decides, so that two runs cannot differ. */
function baseReference(
  { text, singleFile, repository }: KustomizationNeeds['remotes'][number],
  subject: Subject,
): RemoteReference {
  const common = { key: `kustomize:${text}`, ...originOf(subject) }
  if (singleFile || repository === undefined) {
    if (/^https?:\/\//i.test(text)) return { ...common, type: 'remote', url: text }
    throw new SourceFault(
      unsupportedSource({ ...subject, ...common }, 'it is no address of a Git repository or file'),
    )
  }
  const { url, ref } = repository
  const isCommit = ref !== undefined && /^[0-9a-f]{40}$/.test(ref)
  // GitHub's short form has no user; the shell that kustomize runs would ask for git's own.
  const address = url.startsWith('github.com:') ? `git@${url}` : url
  return {
    ...common,
    type: 'git',
    url: address,
    ref: isCommit ? { commit: ref } : { name: ref === undefined || ref === '' ? 'HEAD' : ref },
  }
}

function chartReference(
  { name, repo = '', version = '' }: KustomizationNeeds['charts'][number],
  subject: Subject,
): RemoteReference {
  const base = repo.replace(/\/+$/, '')
  const common = { ...originOf(subject), version }
  // The keys that resolve gives to charts of profiles: one chart is one pin, whoever asks for it.
  if (/^oci:/i.test(base)) {
    return { ...common, key: `${base}/${name}@${version}`, type: 'helm-oci', url: `${base}/${name}` }
  }
  return { ...common, key: `helm:${base}#${name}@${version}`, type: 'helm-http', url: base, chart: name }
}

function originOf({ origin }: Subject): { origin?: SourceOrigin } {
  return origin === undefined ? {} : { origin }
}
