import { readdirSync, readFileSync, readlinkSync } from 'node:fs'
import { join } from 'node:path'

/**
 * Processes below a folder, as Linux tells of them: none elsewhere. The one that waits beside an app that lives is none of
 * them; it is once its app is gone.
 */
export function processesIn(folder: string): readonly string[] {
  return tryList('/proc')
    .filter((name) => /^\d+$/.test(name))
    .flatMap((pid) => {
      try {
        const command = readFileSync(`/proc/${pid}/cmdline`, 'utf8').replaceAll('\0', ' ')
        const isThere = readlinkSync(`/proc/${pid}/cwd`).startsWith(folder) || command.includes(folder)
        return isThere && !isWaiting(pid, command) ? [`${pid} ${command}`] : []
      } catch {
        // It ended meanwhile, or is somebody else's.
        return []
      }
    })
}

function isWaiting(pid: string, command: string): boolean {
  if (!/cli\/standby\.[jt]s/.test(command)) return false
  const parent = /^PPid:\t(\d+)$/m.exec(readFileSync(`/proc/${pid}/status`, 'utf8'))?.[1] ?? ''
  return readFileSync(`/proc/${parent}/cmdline`, 'utf8').split('\0').includes('serve')
}

/** Whether such a line is of a child that compiles. */
export function isCompiling(line: string): boolean {
  return /(?:cli\/main\.[jt]s|^\d+ fleetwright) (?:diff|compile)\b/.test(line)
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
