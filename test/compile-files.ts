import { compile, type Compiled, type CompileOptions, type Stage } from '../src/compile.ts'
import { createMemoryReader } from '../src/adapters/memory/memory-reader.ts'
import type { Diagnostic } from '../src/diagnostics/types.ts'
import type { Engine } from '../src/engine/types.ts'
import { nothingKnown, type EvaluateLua } from '../src/render/render.ts'
import type { SourcePorts } from '../src/sources/sources.ts'

/** What a fleet that is written inline compiles to. */
export interface CompiledFiles extends Compiled {
  readonly diagnostics: readonly Diagnostic[]
}

type Options = Partial<Pick<CompileOptions, 'asOf' | 'sets' | 'key' | 'known' | 'isWanted' | 'whatIf'>> & {
  readonly until?: Stage
  readonly evaluateLua?: EvaluateLua
  /** Facts files by path on the rendered branch; values are JSON. */
  readonly facts?: Readonly<Record<string, unknown>>
}

/**
 * Compiles files given by path, from memory, with nothing to fetch.
 * @example (await compileFiles(engine, { 'fleet.yaml': profile })).plan
 */
export async function compileFiles(
  engine: Engine,
  files: Readonly<Record<string, string>>,
  { facts = {}, evaluateLua = noLua, ...options }: Options = {},
): Promise<CompiledFiles> {
  const diagnostics: Diagnostic[] = []
  const compiled = await compile(
    {
      reader: createMemoryReader(files),
      engine,
      evaluateLua,
      elapsedMs: () => 0,
      sources: () => nothingToFetch,
    },
    {
      facts: new Map(Object.entries(facts).map(([path, value]) => [path, JSON.stringify(value)])),
      sets: new Map(),
      asOf: '2026-01-02T00:00:00Z',
      compiler: '0.0.0-test',
      fetch: {},
      known: nothingKnown,
      ...options,
    },
    (diagnostic) => diagnostics.push(diagnostic),
  )
  return { ...compiled, diagnostics }
}

/** Sources of a fleet that needs none; asking is a fault of the test. */
export const nothingToFetch = {
  remote: { offers: refuse, download: refuse },
  cache: { read: refuse, write: refuse, recall: refuse, remember: refuse },
  credentials: { read: refuse },
} as unknown as Omit<SourcePorts, 'repository' | 'kustomizations'>

export const noLua: EvaluateLua = () => ({ ok: false, fault: { kind: 'template', message: 'no Lua here' } })

function refuse(): Promise<never> {
  return Promise.reject(new Error('this test has nothing to fetch'))
}

/** A SveltosCluster that is ready. */
export function sveltosCluster(
  name: string,
  labels: Readonly<Record<string, string>>,
  namespace = 'fleet',
): string {
  return `apiVersion: lib.projectsveltos.io/v1beta1
kind: SveltosCluster
metadata: ${JSON.stringify({ name, namespace, labels })}
spec: {}
status: { ready: true, version: v1.33.1 }
`
}

/** A ClusterProfile with this spec, as YAML or JSON text. */
export function clusterProfile(name: string, spec: string): string {
  const lines = spec.trim().split('\n')
  return `apiVersion: config.projectsveltos.io/v1beta1
kind: ClusterProfile
metadata: { name: ${name} }
spec:
${lines.map((line) => `  ${line}`).join('\n')}
`
}

/** A ConfigMap of namespace `default` with these data values. */
export function configMap(
  name: string,
  data: Readonly<Record<string, string>>,
  annotations: Readonly<Record<string, string>> = {},
): string {
  return `${JSON.stringify({ apiVersion: 'v1', kind: 'ConfigMap', metadata: { name, namespace: 'default', annotations }, data })}\n`
}

/** Documents of one file. */
export function yaml(...documents: readonly string[]): string {
  return documents.join('---\n')
}
