import { readFile } from 'node:fs/promises'
import { resolve } from 'node:path'
import { z } from 'zod'
import { parseExactJson } from '../kubernetes/exact-json.ts'
import { parseEvent } from '../observe/observe.ts'
import type { RecordedEvent } from '../observe/types.ts'
import { UsageError, type Io } from './io.ts'

/** The events of `--cloud-event FILE`, in their order. Throws UsageError. */
export async function readCloudEvents(
  files: readonly string[] = [],
  io: Pick<Io, 'cwd'>,
): Promise<readonly RecordedEvent[]> {
  return Promise.all(
    files.map(async (file) => {
      const path = resolve(io.cwd, file)
      const text = await readFile(path, 'utf8').catch(() => {
        throw new UsageError(`--cloud-event: ${path} cannot be read`)
      })
      try {
        return parseEvent(parseExactJson(text))
      } catch (error) {
        throw new UsageError(`--cloud-event: ${path} is no CloudEvent: ${reasonOf(error)}`)
      }
    }),
  )
}

function reasonOf(error: unknown): string {
  if (!(error instanceof z.ZodError)) return error instanceof Error ? error.message : String(error)
  const [issue] = error.issues
  const path = issue?.path.join('.') ?? ''
  return `${path === '' ? '' : `\`${path}\`: `}${issue?.message ?? 'it has an unknown form'}`
}
