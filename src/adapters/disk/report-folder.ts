import { readFile } from 'node:fs/promises'
import { join } from 'node:path'
import { EnvironmentError } from '../../diagnostics/errors.ts'

/** Texts of these files of a folder that `--report` wrote, by name. Throws EnvironmentError when one cannot be read. */
export async function readReportFolder(
  folder: string,
  names: readonly string[],
): Promise<ReadonlyMap<string, string>> {
  try {
    return new Map(
      await Promise.all(
        names.map(async (name) => [name, await readFile(join(folder, name), 'utf8')] as const),
      ),
    )
  } catch (cause) {
    throw new EnvironmentError({
      adapter: 'disk',
      operation: `read the report of ${folder}`,
      message: `the report in ${folder} cannot be read: ${cause instanceof Error ? cause.message : String(cause)}`,
      retryable: true,
      hint: 'see that the folder may be read and that its disk has room, then run again',
      cause,
    })
  }
}
