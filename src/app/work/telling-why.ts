import { EnvironmentError } from '../../diagnostics/errors.ts'
import { formatFailedCheck } from '../../report/report.ts'
import type { RunningCheck } from './running-check.ts'

/** What was begun and failed is tried again, for as long as it takes: whoever waits reads why. */
export async function tellingWhy<T>(check: RunningCheck, work: () => Promise<T>): Promise<T> {
  try {
    return await work()
  } catch (error) {
    if (error instanceof EnvironmentError && error.retryable) {
      const { title, summary } = formatFailedCheck({ kind: 'retry' }, { said: error.message })
      await check.wait(title, summary)
    }
    await check.settle()
    throw error
  }
}
