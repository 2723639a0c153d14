import type { EngineFault } from './types.ts'

const MEBIBYTE = 1024 * 1024

export function lateFault(timeLimitMs: number): EngineFault {
  return { kind: 'limit', message: `it took longer than ${timeLimitMs / 1000} s` }
}

/** Why an instance died, from what Go's runtime or V8 said last: both have no other way to tell. */
export function toDeathFault(
  { reason, stderr }: { readonly reason: string; readonly stderr: string },
  memoryLimitBytes: number,
): EngineFault {
  const said = `${reason}\n${stderr}`
  if (/out of memory|cannot allocate memory|ERR_WORKER_OUT_OF_MEMORY/.test(said)) {
    return { kind: 'limit', message: `it needed more than ${Math.floor(memoryLimitBytes / MEBIBYTE)} MiB of memory` }
  }
  if (/Maximum call stack size exceeded|stack overflow|goroutine stack exceeds/.test(said)) {
    return { kind: 'limit', message: 'it recursed too deeply' }
  }
  return { kind: 'crash', message: `the engine died: ${said.trim()}` }
}
