import { mkdir, writeFile } from 'node:fs/promises'
import { dirname, join } from 'node:path'
import { git, type Playground } from '../contracts/git-repositories.ts'
import type { Files } from './small-fleet.ts'

/** A repository with intent, and the commits that tests make in it. */
export interface SourceRepository {
  readonly folder: string
  /** Makes the work tree hold exactly these files, commits them and gives the commit's id. */
  commit(files: Files, day: number): Promise<string>
}

export async function createSourceRepository(
  playground: Playground,
  name: string,
): Promise<SourceRepository> {
  const folder = await playground.repository(name)
  await git(folder, 'config', 'user.name', 'Ada Lovelace')
  await git(folder, 'config', 'user.email', 'ada@example.org')
  return {
    folder,
    async commit(files, day) {
      await git(folder, 'rm', '-r', '-q', '--ignore-unmatch', '.')
      for (const [path, content] of Object.entries(files)) {
        if (typeof content !== 'string') throw new Error('texts only')
        await mkdir(dirname(join(folder, path)), { recursive: true })
        await writeFile(join(folder, path), content)
      }
      await git(folder, 'add', '--all')
      const time = `2026-01-${String(day).padStart(2, '0')}T12:00:00Z`
      process.env['GIT_COMMITTER_DATE'] = time
      await git(folder, 'commit', '--quiet', '--allow-empty', '--date', time, '-m', `Day ${day}`)
      delete process.env['GIT_COMMITTER_DATE']
      return (await git(folder, 'rev-parse', 'HEAD')).trim()
    },
  }
}
