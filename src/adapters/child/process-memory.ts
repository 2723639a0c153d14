import { readFile } from 'node:fs/promises'

/** A page of memory, as all systems with /proc have it where Node runs; larger ones count too little, and never too much. */
const pageBytes = 4096

/**
 * Memory of a process and those that it started, in bytes: pages that are in memory, those that several share counted for
 * each. Undefined where the system does not tell (it has no /proc), or when the process is gone.
 */
export async function processTreeMemory(pid: number): Promise<number | undefined> {
  const own = await residentBytes(pid)
  if (own === undefined) return undefined
  const below = await Promise.all((await childrenOf(pid)).map(processTreeMemory))
  return below.reduce<number>((sum, bytes) => sum + (bytes ?? 0), own)
}

async function residentBytes(pid: number): Promise<number | undefined> {
  // size resident shared text lib data dirty, in pages.
  const text = await tryRead(`/proc/${pid}/statm`)
  return text === undefined ? undefined : Number(text.split(' ')[1]) * pageBytes
}

/** Those of the main thread, from which Node starts all of them. */
async function childrenOf(pid: number): Promise<readonly number[]> {
  const text = await tryRead(`/proc/${pid}/task/${pid}/children`)
  return (text ?? '')
    .split(' ')
    .filter((word) => word !== '')
    .map(Number)
}

function tryRead(path: string): Promise<string | undefined> {
  return readFile(path, 'utf8').catch(() => undefined)
}
