import { randomUUID } from 'node:crypto'
import { readFile, rename, writeFile } from 'node:fs/promises'
import { join } from 'node:path'

/** Commits of refs. Git's own file of them, which here only this program writes: git never sees half of it. */
export async function readTips(folder: string): Promise<ReadonlyMap<string, string>> {
  const text = await readFile(join(folder, 'packed-refs'), 'utf8').catch(() => '')
  const lines = text.split('\n').map((line) => /^([0-9a-f]{40}|[0-9a-f]{64}) (refs\/\S+)$/.exec(line))
  return new Map(lines.flatMap((line) => (line ? [[line[2] ?? '', line[1] ?? '']] : [])))
}

export async function writeTips(folder: string, tips: ReadonlyMap<string, string>): Promise<void> {
  const lines = [...tips].sort(([a], [b]) => (a < b ? -1 : 1)).map(([ref, id]) => `${id} ${ref}\n`)
  const temporary = join(folder, `packed-refs.${randomUUID()}`)
  await writeFile(temporary, `# pack-refs with: sorted \n${lines.join('')}`)
  await rename(temporary, join(folder, 'packed-refs'))
}
