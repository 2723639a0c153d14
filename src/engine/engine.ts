import { EnvironmentError, assert } from '../diagnostics/errors.ts'
import type { JobResult } from './job-result.ts'
import { readModule } from './module.ts'
import { createPool } from './pool.ts'
import type { Pool, ReplacementReason } from './pool.ts'
import { PROTOCOL_VERSION } from './protocol.ts'
import type { Blob } from './protocol.ts'
import {
  buildKustomizationRequest,
  executeTemplatesRequest,
  kustomizationNeedsRequest,
  mergeValuesRequest,
  parseYamlRequest,
  printObjectsRequest,
  readObjectsRequest,
  renderChartRequest,
} from './requests.ts'
import type { NeedyRequest } from './requests.ts'
import { shareDots } from './shared-dots.ts'
import { toUtf16Offsets } from './text-offsets.ts'
import type {
  BlockedCall,
  ChartInfo,
  Engine,
  EngineFault,
  EngineObject,
  EngineVersions,
  Entropy,
  FileTree,
  Json,
  KustomizationNeeds,
  Lookup,
  Outcome,
  ParsedDocument,
  TemplateBatch,
} from './types.ts'

export { toFileTree } from './file-tree.ts'
export { readRecordedDigest } from './module.ts'
export type { ReplacementReason } from './pool.ts'

export interface EngineOptions {
  /** Most worker threads; each holds an instance of about 100 MB. The caller knows the machine: its cores, at most 4. */
  readonly workers: number
  /** Default 30,000. A job that takes longer is ended, with its worker. */
  readonly renderTimeoutMs?: number
  /** Bound of one instance's memory, default 640 MiB. A job that needs more is ended, with its worker. */
  readonly memoryLimitBytes?: number
  /** Memory past which an instance is replaced between two jobs, default half of the limit. */
  readonly recycleBytes?: number
  /** Told whenever a worker is ended before its time. */
  readonly onWorkerReplaced?: (reason: ReplacementReason) => void
  /** The packed engine; default the one of this package. */
  readonly wasmPath?: string | URL
  /** The worker's script, for bundles; default the one beside this file. */
  readonly workerPath?: string | URL
}

const MEBIBYTE = 1024 * 1024
const DEFAULT_TIMEOUT_MS = 30_000
const DEFAULT_MEMORY_LIMIT_BYTES = 640 * MEBIBYTE
const HELD_FILES_LIMIT_BYTES = 48 * MEBIBYTE
const TEXTS_LIMIT_CHARACTERS = 128 * MEBIBYTE

/** How many characters of YAML one job reads: small enough that all workers take part. */
const PARSE_CHUNK_CHARACTERS = 256 * 1024

/** Answers the versions, and has no other effect. */
const HELLO: NeedyRequest = {
  request: { operation: 'hello', payload: null, blobs: [] },
  charts: [],
  trees: [],
}

/** For operations that cannot draw on anything. */
const NO_ENTROPY: Entropy = { clockMs: 0 }

/** Reads and compiles the engine, starts a first worker and checks that both sides speak the same protocol. */
export async function createEngine(options: EngineOptions): Promise<Engine> {
  const memoryLimitBytes = options.memoryLimitBytes ?? DEFAULT_MEMORY_LIMIT_BYTES
  // Both paths hold from src/engine and from dist/engine.
  const wasmPath = options.wasmPath ?? new URL('../../engine/engine.wasm.br', import.meta.url)
  const script = import.meta.url.endsWith('.ts') ? './worker.ts' : './worker.js'
  const reading = readModule(wasmPath, memoryLimitBytes)
  const pool = createPool({
    module: reading.then(({ module }) => module),
    workerPath: options.workerPath ?? new URL(script, import.meta.url),
    workers: Math.max(1, options.workers),
    timeLimitMs: options.renderTimeoutMs ?? DEFAULT_TIMEOUT_MS,
    memoryLimitBytes,
    recycleBytes: options.recycleBytes ?? memoryLimitBytes / 2,
    heldFilesLimitBytes: HELD_FILES_LIMIT_BYTES,
    textsLimitCharacters: TEXTS_LIMIT_CHARACTERS,
    onWorkerReplaced: options.onWorkerReplaced ?? (() => undefined),
  })
  // The thread starts while the module is unpacked and compiled for it.
  const greeting = pool.run({ ...HELLO, world: NO_ENTROPY })
  greeting.catch(() => undefined)
  const { digest } = await reading.catch(async (error: unknown) => {
    await pool.close()
    throw error
  })
  const hello = await greeting
  const versions = hello.ok ? (hello.response.result as Omit<EngineVersions, 'digest'>) : undefined
  if (versions?.protocol !== PROTOCOL_VERSION) {
    await pool.close()
    throw new EnvironmentError({
      adapter: 'engine',
      operation: 'start the engine',
      message: hello.ok ? 'the engine is of another version than fleetwright' : describe(hello.fault),
      retryable: false,
      hint: 'reinstall fleetwright, or build the engine with `npm run build:engine`',
    })
  }
  return createFace(pool, { ...versions, digest })
}

function describe(fault: EngineFault): string {
  return `the engine does not start: ${fault.message}`
}


function createFace(pool: Pool, versions: EngineVersions): Engine {
  const run: Runner = (needy, world) => pool.run({ ...needy, world })

  return {
    versions,
    loadChart: (chart) => loadChart(pool, chart),
    renderChart: async (render, entropy) => toChartObjects(await run(renderChartRequest(render), entropy)),
    kustomizationNeeds: async (build) =>
      toOutcome(
        await run(kustomizationNeedsRequest(build), NO_ENTROPY),
        ({ response }) => response.result as KustomizationNeeds,
      ),
    buildKustomization: async (build, entropy) =>
      toBuiltObjects(await run(buildKustomizationRequest(build), entropy)),
    readObjects: async (texts) => toObjects(await run(readObjectsRequest(texts), NO_ENTROPY)),
    executeTemplates: shareDots((batch, entropy) => executeTemplates(run, batch, entropy)),
    async mergeValues(documents) {
      const result = await run(mergeValuesRequest(documents), NO_ENTROPY)
      return toOutcome(result, ({ response }) => response.text((response.result as { text: Blob }).text))
    },
    async parseYaml(texts) {
      const chunks = await Promise.all(toChunks(texts).map((chunk) => parseChunk(run, chunk)))
      return chunks.flat()
    },
    printObjects: async (objects) => toObjects(await run(printObjectsRequest(objects), NO_ENTROPY)),
    close: () => pool.close(),
  }
}

type Runner = (needy: NeedyRequest, entropy: Entropy) => Promise<JobResult>

function toOutcome<T>(result: JobResult, read: (result: JobResult & { ok: true }) => T): Outcome<T> {
  if (!result.ok) return { ok: false, fault: result.fault }
  const value = read(result)
  const { random, clock } = result.draws
  return random === 0 && clock === 0 ? { ok: true, value } : { ok: true, value, impure: { random, clock } }
}

/** Draws count where the engine says that more than a test hook made them. */
function toChartObjects(result: JobResult): Outcome<readonly EngineObject[]> {
  const outcome = toObjects(result)
  if (!outcome.ok || !result.ok) return outcome
  const { drew, looked } = result.response.result as {
    readonly drew: boolean
    readonly looked?: readonly Lookup[]
  }
  const { impure, ...pure } = outcome
  return { ...pure, ...(impure && drew && { impure }), ...(looked && { looked }) }
}

function toBuiltObjects(result: JobResult): Outcome<readonly EngineObject[]> {
  const outcome = toObjects(result)
  if (!outcome.ok || !result.ok) return outcome
  const { blocked = [] } = (result.response.result ?? {}) as { readonly blocked?: readonly BlockedCall[] }
  return { ...outcome, ...(blocked.length > 0 && { blocked }) }
}

function toObjects(result: JobResult): Outcome<readonly EngineObject[]> {
  return toOutcome(result, ({ objects }) => objects)
}

async function loadChart(pool: Pool, chart: FileTree): Promise<Outcome<ChartInfo>> {
  const known = pool.chartInfo(chart.digest)
  if (known !== undefined) return { ok: true, value: known }
  // Any job that needs the chart has it loaded.
  const result = await pool.run({ ...HELLO, charts: [chart], world: NO_ENTROPY })
  if (!result.ok) return { ok: false, fault: result.fault }
  const value = pool.chartInfo(chart.digest)
  assert(value, 'a loaded chart has no words of its own')
  return { ok: true, value }
}

/**
 * One template must not decide about another: where the batch draws on something, or one of them hits a limit, each is
 * executed alone.
 */
async function executeTemplates(run: Runner, batch: TemplateBatch, entropy: Entropy): Promise<Outcome<string>[]> {
  const { templates } = batch
  if (templates.length === 0) return []
  const request = executeTemplatesRequest(batch)
  const result = await run(request, templates.length === 1 ? entropy : { clockMs: entropy.clockMs })
  const isShared = templates.length > 1 && (!result.ok || result.draws.random + result.draws.clock > 0)
  if (isShared) {
    const alone = templates.map((template) => executeTemplates(run, { ...batch, templates: [template] }, entropy))
    return (await Promise.all(alone)).flat()
  }
  if (!result.ok) return [{ ok: false, fault: result.fault }]
  const rows = result.response.result as readonly SentTemplateResult[]
  return rows.map(({ text, fault, blocked }, position) =>
    text === undefined
      ? { ok: false, fault: fault ?? { kind: 'crash', message: 'the template gave neither text nor fault' } }
      : {
          ...toOutcome(result, ({ response }) => response.text(text)),
          ...(blocked && { blocked: toBlockedCalls(blocked, templates[position]?.name ?? '') }),
        },
  )
}

interface SentTemplateResult {
  readonly text?: Blob
  readonly fault?: EngineFault
  readonly blocked?: readonly string[]
}

function toBlockedCalls(functions: readonly string[], template: string): readonly BlockedCall[] {
  return functions.map((name) => ({ function: name, template }))
}

function toChunks(texts: readonly string[]): string[][] {
  const chunks: string[][] = []
  let size = Infinity
  for (const text of texts) {
    if (size + text.length > PARSE_CHUNK_CHARACTERS) {
      chunks.push([])
      size = 0
    }
    chunks.at(-1)?.push(text)
    size += text.length
  }
  return chunks
}

interface SentDocument {
  readonly start: number
  readonly end: number
  readonly json?: Blob
  readonly fault?: EngineFault
}

async function parseChunk(run: Runner, texts: readonly string[]): Promise<ParsedDocument[][]> {
  const result = await run(parseYamlRequest(texts), NO_ENTROPY)
  if (!result.ok) {
    // A text that ends the worker must not take the others of its chunk with it.
    if (texts.length > 1) return (await Promise.all(texts.map((text) => parseChunk(run, [text])))).flat()
    return texts.map((text) => [{ start: 0, end: text.length, fault: result.fault }])
  }
  const { response } = result
  const lists = response.result as readonly (readonly SentDocument[])[]
  return texts.map((text, index) => {
    const documents = lists[index] ?? []
    const offsets = toUtf16Offsets(
      text,
      documents.flatMap(({ start, end }) => [start, end]),
    )
    return documents.map(({ json: blob, fault }, position): ParsedDocument => {
      const json = blob === undefined ? undefined : response.text(blob)
      return {
        start: offsets[position * 2] ?? 0,
        end: offsets[position * 2 + 1] ?? text.length,
        ...(json !== undefined && { json, value: JSON.parse(json) as Json }),
        ...(fault !== undefined && { fault }),
      }
    })
  })
}
