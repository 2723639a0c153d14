import { readFile } from 'node:fs/promises'
import { join } from 'node:path'

/** Texts of these files of a folder, by name. Throws what reading throws. */
export async function readTexts(
  folder: string,
  names: readonly string[],
): Promise<ReadonlyMap<string, string>> {
  const read = async (name: string): Promise<readonly [string, string]> => [
    name,
    await readFile(join(folder, name), 'utf8'),
  ]
  return new Map(await Promise.all(names.map(read)))
}
