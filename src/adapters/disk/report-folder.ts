import { EnvironmentError } from '../../diagnostics/errors.ts'
import { readTexts } from './read-texts.ts'

/** Texts of these files of a folder that `--report` wrote, by name. Throws EnvironmentError when one cannot be read. */
export async function readReportFolder(
  folder: string,
  names: readonly string[],
): Promise<ReadonlyMap<string, string>> {
  try {
    return await readTexts(folder, names)
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
