import { createReadStream, existsSync } from 'node:fs'
import { buffer } from 'node:stream/consumers'
import { pipeline } from 'node:stream/promises'
import { createGunzip } from 'node:zlib'
import { extract } from 'tar-stream'

/**
 * The files of a .tgz of the corpus by their paths, none for an archive that is not there (a repository of which no root
 * builds has no goldens). Equal files are hard links of one another there.
 */
export async function readArchive(file: string): Promise<Map<string, Uint8Array>> {
  const files = new Map<string, Uint8Array>()
  if (!existsSync(file)) return files
  const entries = extract()
  const reading = (async () => {
    for await (const entry of entries) {
      const { name, type, linkname } = entry.header
      const path = name.replace(/^\.\//, '')
      const linked = type === 'link' ? files.get((linkname ?? '').replace(/^\.\//, '')) : undefined
      const content = await buffer(entry)
      if (type === 'file' || linked) files.set(path, linked ?? content)
    }
  })()
  await pipeline(createReadStream(file), createGunzip(), entries)
  await reading
  return files
}
