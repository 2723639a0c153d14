import { readdirSync, readFileSync, readlinkSync } from 'node:fs'
import { join } from 'node:path'

/** Processes that work below a folder, as Linux tells of them: none elsewhere. */
export function processesIn(folder: string): readonly string[] {
  return tryList('/proc')
    .filter((name) => /^\d+$/.test(name))
    .flatMap((pid) => {
      try {
        const command = readFileSync(`/proc/${pid}/cmdline`, 'utf8').replaceAll('\0', ' ')
        const isThere = readlinkSync(`/proc/${pid}/cwd`).startsWith(folder) || command.includes(folder)
        return isThere ? [`${pid} ${command}`] : []
      } catch {
        // It ended meanwhile, or is somebody else's.
        return []
      }
    })
}

/** Folders of work that is being done, or was when its process died. */
export function workingFolders(dataFolder: string): readonly string[] {
  const place = join(dataFolder, 'repositories/work')
  return tryList(place).flatMap((owner) =>
    tryList(join(place, owner))
      .filter((name) => name.endsWith('.git'))
      .map((name) => join(owner, name)),
  )
}

function tryList(folder: string): readonly string[] {
  try {
    return readdirSync(folder)
  } catch {
    return []
  }
}
