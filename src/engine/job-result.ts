import { InternalError } from '../diagnostics/errors.ts'
import type { FileRequest } from './held-files.ts'
import type { Draws } from './instance.ts'
import { lateFault, toDeathFault } from './limits.ts'
import { decodeResponse } from './protocol.ts'
import type { Response } from './protocol.ts'
import { createTextStore } from './text-store.ts'
import type { ThreadAnswer } from './thread.ts'
import type { ChartInfo, EngineFault, EngineObject } from './types.ts'
import type { TaskAnswer } from './worker-messages.ts'

export type JobResult = { readonly draws: Draws } & (
  | { readonly ok: true; readonly response: Response; readonly objects: readonly EngineObject[] }
  | {
      readonly ok: false
      readonly fault: EngineFault
      /** False when a chart or tree could not even be loaded. */
      readonly isLoaded?: boolean
    }
)

export interface ResultReaderOptions {
  readonly timeLimitMs: number
  readonly memoryLimitBytes: number
  readonly textsLimitCharacters: number
  /** Told of texts that had to go from the store: instances believe them to be held here. */
  readonly onTextsDropped: (digests: readonly string[]) => void
}

/** What became of one job. */
export type JobAnswer = TaskAnswer | Exclude<ThreadAnswer, { kind: 'answered' }>

/** Reads the answers of all instances, and keeps what they send once: texts of objects and the words of charts. */
export interface ResultReader {
  /** `resend` when a text is neither sent nor held any more. */
  read(answer: JobAnswer, requests: readonly FileRequest[]): JobResult | 'resend'
  chartInfo(digest: string): ChartInfo | undefined
}

const NO_DRAWS: Draws = { random: 0, clock: 0 }

export function createResultReader(options: ResultReaderOptions): ResultReader {
  const texts = createTextStore(options.textsLimitCharacters)
  const chartInfos = new Map<string, ChartInfo>()

  const toObjects = (response: Response): EngineObject[] | undefined => {
    const objects: EngineObject[] = []
    for (const { text: blob, ...identity } of response.objects ?? []) {
      let text = texts.get(identity.digest)
      if (text === undefined) {
        if (blob === undefined) return undefined
        text = response.text(blob)
        options.onTextsDropped(texts.add(identity.digest, text))
      }
      objects.push({ ...identity, text })
    }
    return objects
  }

  const readResponses = (responses: readonly Response[], draws: Draws): JobResult | 'resend' => {
    const failed = responses.findIndex(({ fault }) => fault !== undefined)
    const fault = responses[failed]?.fault
    if (fault !== undefined) return { ok: false, fault, draws, isLoaded: failed === responses.length - 1 }
    const response = responses.at(-1)
    if (response === undefined) throw new InternalError('the worker answered nothing')
    const objects = toObjects(response)
    return objects === undefined ? 'resend' : { ok: true, response, objects, draws }
  }

  return {
    read(answer, requests) {
      if ('kind' in answer) {
        const { timeLimitMs, memoryLimitBytes } = options
        const fault = answer.kind === 'late' ? lateFault(timeLimitMs) : toDeathFault(answer, memoryLimitBytes)
        return { ok: false, fault, draws: NO_DRAWS }
      }
      const responses = answer.responses.map(decodeResponse)
      requests.forEach(({ chart }, index) => {
        const info = responses[index]?.result
        if (chart !== undefined && info !== undefined) chartInfos.set(chart, info as ChartInfo)
      })
      return readResponses(responses, answer.draws)
    },
    chartInfo: (digest) => chartInfos.get(digest),
  }
}
