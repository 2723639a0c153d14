import type { Needs } from './held-files.ts'
import type { Blob, Request } from './protocol.ts'
import type {
  ChartRender,
  FileTree,
  KustomizationBuild,
  ObjectTexts,
  TemplateBatch,
} from './types.ts'

/** A request with the files that it needs. */
export interface NeedyRequest extends Needs {
  readonly request: Request
}

interface NamedText {
  readonly name: string
  readonly text: string
}

export function renderChartRequest(render: ChartRender): NeedyRequest {
  const { chart, values, lookup = [], ...rest } = render
  return {
    charts: [chart],
    trees: [],
    request: {
      operation: 'renderChart',
      payload: { ...rest, chart: chart.digest, values: 0, lookup: lookup.map((_, index): Blob => index + 1) },
      blobs: [values, ...lookup],
    },
  }
}

export function kustomizationNeedsRequest(
  build: Pick<KustomizationBuild, 'tree' | 'path' | 'components' | 'remotes'>,
): NeedyRequest {
  const { tree, path, components, remotes = new Map() } = build
  const payload = { tree: tree.digest, path, components, remotes: toDigests(remotes) }
  return {
    charts: [],
    trees: [tree, ...remotes.values()],
    request: { operation: 'kustomizationNeeds', payload, blobs: [] },
  }
}

export function buildKustomizationRequest(build: KustomizationBuild): NeedyRequest {
  const { tree, remotes = new Map(), charts = new Map(), ...rest } = build
  return {
    charts: [...charts.values()],
    trees: [tree, ...remotes.values()],
    request: {
      operation: 'buildKustomization',
      payload: { ...rest, tree: tree.digest, remotes: toDigests(remotes), charts: toDigests(charts) },
      blobs: [],
    },
  }
}

export function readObjectsRequest({ texts, finish }: ObjectTexts): NeedyRequest {
  return alone('readObjects', { texts: toNamedBlobs(texts, 0), finish }, textsOf(texts))
}

export function executeTemplatesRequest({ dialect, data, templates }: TemplateBatch): NeedyRequest {
  const payload = { dialect, data: 0, templates: toNamedBlobs(templates, 1) }
  return alone('executeTemplates', payload, [data, ...textsOf(templates)])
}

export function mergeValuesRequest(documents: readonly NamedText[]): NeedyRequest {
  return alone('mergeValues', { documents: toNamedBlobs(documents, 0) }, textsOf(documents))
}

export function parseYamlRequest(texts: readonly string[]): NeedyRequest {
  return alone('parseYaml', { texts: texts.map((_, index): Blob => index) }, texts)
}

export function printObjectsRequest(objects: readonly string[]): NeedyRequest {
  return alone('printObjects', { objects: objects.map((_, index): Blob => index) }, objects)
}

function alone(operation: string, payload: unknown, blobs: readonly string[]): NeedyRequest {
  return { charts: [], trees: [], request: { operation, payload, blobs } }
}

function toNamedBlobs(texts: readonly NamedText[], first: Blob): { name: string; text: Blob }[] {
  return texts.map(({ name }, index) => ({ name, text: first + index }))
}

function textsOf(texts: readonly NamedText[]): string[] {
  return texts.map(({ text }) => text)
}

function toDigests(trees: ReadonlyMap<string, FileTree>): Record<string, string> {
  return Object.fromEntries([...trees].map(([name, { digest }]) => [name, digest]))
}
