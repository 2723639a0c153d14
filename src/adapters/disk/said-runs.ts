import { createHash, randomUUID } from 'node:crypto'
import { mkdir, readFile, readdir, rename, rm, stat, writeFile } from 'node:fs/promises'
import { join } from 'node:path'

/** What runs said, by what they were made from: a run with nothing to do says the same again. */
export interface SaidRuns {
  /** Undefined when nothing is kept for it, or what is kept cannot be read. */
  recall(inputs: readonly unknown[]): Promise<unknown>
  /** Keeps it if it can; a cache that cannot be written costs time and nothing else. */
  remember(inputs: readonly unknown[], said: unknown): Promise<void>
}

/** Runs that are kept: enough for the branches and repositories that one machine works on by turns. */
const keptRuns = 50

/** Kept under `<folder>/runs`, one file a run, the oldest dropped first. */
export function createSaidRuns(folder: string): SaidRuns {
  const runs = join(folder, 'runs')
  const pathOf = (inputs: readonly unknown[]): string =>
    join(runs, `${createHash('sha256').update(JSON.stringify(inputs)).digest('hex')}.json`)
  return {
    async recall(inputs) {
      try {
        return JSON.parse(await readFile(pathOf(inputs), 'utf8')) as unknown
      } catch {
        return undefined
      }
    },
    async remember(inputs, said) {
      const path = pathOf(inputs)
      const temporary = `${path}.${randomUUID()}.part`
      try {
        await mkdir(runs, { recursive: true })
        await writeFile(temporary, JSON.stringify(said), { flag: 'wx' })
        await rename(temporary, path)
        await dropOldest(runs)
      } catch {
        await rm(temporary, { force: true }).catch(() => undefined)
      }
    },
  }
}

async function dropOldest(runs: string): Promise<void> {
  const names = await readdir(runs)
  if (names.length <= keptRuns) return
  const aged = await Promise.all(
    names.map(async (name) => ({ name, at: (await stat(join(runs, name))).mtimeMs })),
  )
  const oldest = aged.sort((a, b) => a.at - b.at).slice(0, names.length - keptRuns)
  await Promise.all(oldest.map(({ name }) => rm(join(runs, name), { force: true })))
}
