import type { Socket } from 'node:net'
import { cannotStart, gitFailed, startGit } from './git-process.ts'

export interface GitObject {
  readonly id: string
  readonly type: string
  /** Shares its memory with others that were read beside it: to be copied by whoever keeps it. */
  readonly bytes: Buffer
}

/** Reads objects of one repository by name (an id, `<commit>:<path>`, `<revision>^{commit}`). */
export interface ObjectReader {
  /** In the order of the names; undefined for what is not there. `operation` says in words what for. Throws EnvironmentError. */
  read(names: readonly string[], operation: string): Promise<readonly (GitObject | undefined)[]>
  /** Ends the process that reads, if there is one; the next reading starts another. */
  close(): void
}

/** How long a process waits for the next question: a compile has many, between which it thinks. */
const idleMs = 2000

/**
 * More objects than this are worth a process that writes as much at once as it can: one that waits for questions has to
 * write each object by itself, and each is read by itself.
 */
const fewObjects = 300

/**
 * `git cat-file --batch`, one process for all questions, because to start one costs more than the answer: the memory of
 * ours is copied for it. It ends by itself when nobody asks, and keeps nobody alive meanwhile.
 */
export function createObjectReader(folder: string): ObjectReader {
  let current: Batch | undefined
  let waiting: Question[] = []
  const ask = (): void => {
    const questions = waiting
    waiting = []
    if (questions.reduce((sum, { names }) => sum + names.length, 0) > fewObjects) {
      const once = startBatch({ folder, isBuffered: true, onEnd: () => undefined })
      for (const question of questions) once.ask(question)
      once.end()
      return
    }
    current ??= startBatch({ folder, isBuffered: false, onEnd: () => (current = undefined) })
    for (const question of questions) current.ask(question)
  }
  return {
    async read(names, operation) {
      // A line is a name.
      const asked = names.filter((name) => !name.includes('\n'))
      if (asked.length === 0) return names.map(() => undefined)
      const answers = await new Promise<Answers>((resolve, reject) => {
        // What is asked side by side goes together.
        if (waiting.length === 0) setImmediate(ask)
        waiting.push({ names: asked, operation, answers: [], resolve, reject })
      })
      if (asked.length === names.length) return answers
      const found = new Map(asked.map((name, index) => [name, answers[index]]))
      return names.map((name) => found.get(name))
    },
    close: () => current?.end(),
  }
}

type Answers = readonly (GitObject | undefined)[]

interface Question {
  readonly names: readonly string[]
  readonly operation: string
  readonly answers: (GitObject | undefined)[]
  readonly resolve: (answers: Answers) => void
  readonly reject: (error: unknown) => void
}

interface Batch {
  ask(question: Question): void
  /** No question follows. */
  end(): void
}

interface BatchOptions {
  readonly folder: string
  /** It answers when no question follows. */
  readonly isBuffered: boolean
  /** Called once, as soon as it takes no more questions. */
  readonly onEnd: () => void
}

function startBatch({ folder, isBuffered, onEnd }: BatchOptions): Batch {
  const child = startGit({ folder, args: ['cat-file', '--batch', ...(isBuffered ? ['--buffer'] : [])] })
  const questions: Question[] = []
  let idle: NodeJS.Timeout | undefined
  let isOver = false
  let stderr = ''
  const keepAlive = (alive: boolean): void => {
    const handles = [child, ...([child.stdin, child.stdout, child.stderr] as Socket[])]
    for (const handle of handles) {
      if (alive) handle.ref()
      else handle.unref()
    }
  }
  const end = (): void => {
    clearTimeout(idle)
    if (isOver) return
    isOver = true
    onEnd()
    child.stdin.end()
  }
  const fail = (toError: (operation: string) => unknown): void => {
    end()
    for (const { operation, reject } of questions.splice(0)) reject(toError(operation))
  }
  const rest = (): void => {
    if (isOver) return
    keepAlive(false)
    idle = setTimeout(end, idleMs).unref()
  }
  const parse = createParser((object) => {
    const [question] = questions
    if (question === undefined || question.answers.push(object) < question.names.length) return
    questions.shift()
    question.resolve(question.answers)
    if (questions.length === 0) rest()
  })
  child.stdout.on('data', parse)
  child.stderr.on('data', (chunk: Buffer) => (stderr += chunk.toString()))
  // Why git does not read any more is in its exit code.
  child.stdin.on('error', () => undefined)
  child.on('error', (cause: NodeJS.ErrnoException) => {
    fail(() => cannotStart(folder, cause))
  })
  child.on('close', (code) => {
    const result = { exitCode: code ?? 128, stderr }
    fail((operation) => gitFailed('cat-file', result, operation))
  })
  return {
    ask(question) {
      clearTimeout(idle)
      keepAlive(true)
      questions.push(question)
      child.stdin.write(`${question.names.join('\n')}\n`)
    },
    end,
  }
}

/** `<id> <type> <size>\n<bytes>\n` each; `<name> missing\n`, where the name may hold blanks, for what is not there. */
function createParser(onObject: (object: GitObject | undefined) => void): (chunk: Buffer) => void {
  let chunks: Buffer[] = []
  let size = 0
  /** Fewer bytes hold no further object. */
  let needed = 0
  return (chunk) => {
    chunks.push(chunk)
    size += chunk.length
    if (size < needed) return
    const buffer = chunks.length === 1 ? chunk : Buffer.concat(chunks, size)
    needed = 0
    let at = 0
    for (;;) {
      const lineEnd = buffer.indexOf('\n', at)
      if (lineEnd === -1) break
      const header = /^([0-9a-f]{40,64}) (\w+) (\d+)$/.exec(buffer.toString('latin1', at, lineEnd))
      const [, id = '', type = '', length = 0] = header ?? []
      const start = lineEnd + 1
      const end = header === null ? start : start + Number(length) + 1
      if (end > buffer.length) {
        needed = end - at
        break
      }
      onObject(header === null ? undefined : { id, type, bytes: buffer.subarray(start, end - 1) })
      at = end
    }
    chunks = [buffer.subarray(at)]
    size = buffer.length - at
  }
}
