import { EnvironmentError } from '../../../diagnostics/errors.ts'

/** What a disk refuses is a failure of the environment. */
export async function onDisk<Value>(operation: string, work: () => Promise<Value>): Promise<Value> {
  try {
    return await work()
  } catch (cause) {
    if (!(cause instanceof Error && 'code' in cause && typeof cause.code === 'string')) throw cause
    throw new EnvironmentError({
      ...{ adapter: 'git', operation, retryable: true, cause },
      message: `the folder of repositories cannot be used: ${cause.message}`,
      hint: 'see that there is room on the disk, and that the folder may be written',
    })
  }
}
