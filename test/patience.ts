import { vi } from 'vitest'

/** As long as a test may take: a machine with much to do takes more than the second that is the default, and errs in nothing. */
const timeout = 25_000

const { waitFor } = vi
vi.waitFor = (callback, options) =>
  waitFor(callback, typeof options === 'number' ? options : { timeout, ...options })
