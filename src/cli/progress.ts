import type { Output } from './io.ts'

/** Where the work has come to; shown on standard error, never on standard output. */
export interface Progress {
  /** `total` 0: unknown. */
  update(stage: string, done: number, total: number): void
  /** Takes the line away, before anything else is printed. */
  end(): void
}

export const silent: Progress = { update: () => undefined, end: () => undefined }

/** Shortest time between two drawings of the line; more often only flickers. */
const redrawMs = 80

/** A terminal gets one line that is rewritten, a log one line per stage and one per tenth of a long stage. */
export function createProgress(output: Output, now: () => Date): Progress {
  return output.isTerminal ? createLine(output, now) : createLog(output)
}

/** For programs: a line of JSON for each stage, and for each moment of it that is worth showing. */
export function createJsonProgress(output: Output, now: () => Date): Progress {
  const isDue = createRedrawing(now)
  return {
    update(stage, done, total) {
      if (isDue(stage, done === total)) output.write(`${JSON.stringify({ stage, done, total })}\n`)
    },
    end: () => undefined,
  }
}

function createLine(output: Output, now: () => Date): Progress {
  const isDue = createRedrawing(now)
  let shown = false
  return {
    update(stage, done, total) {
      if (!isDue(stage, done === total)) return
      shown = true
      const text = describe(stage, done, total).slice(0, Math.max(10, output.columns - 1))
      output.write(`\r\u001b[2K${text}`)
    },
    end() {
      if (shown) output.write('\r\u001b[2K')
      shown = false
    },
  }
}

/** Whether a moment is worth showing: each new stage is, its end, and what is between them now and then. */
function createRedrawing(now: () => Date): (stage: string, isEnd: boolean) => boolean {
  let last = 0
  let stageShown = ''
  return (stage, isEnd) => {
    const time = now().getTime()
    if (stage === stageShown && time - last < redrawMs && !isEnd) return false
    last = time
    stageShown = stage
    return true
  }
}

function createLog(output: Output): Progress {
  let stageShown = ''
  let tenthShown = 0
  return {
    update(stage, done, total) {
      const tenth = total >= 100 ? Math.floor((done * 10) / total) : 0
      if (stage === stageShown && tenth <= tenthShown) return
      stageShown = stage
      tenthShown = tenth
      output.write(`${describe(stage, done, total)}\n`)
    },
    end: () => undefined,
  }
}

function describe(stage: string, done: number, total: number): string {
  return total > 0 ? `${stage} ${done}/${total}` : stage
}
