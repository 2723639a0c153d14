import { resolve } from 'node:path'
import { filesOfFolder } from '../../contracts/git-repositories.ts'

/** The demo fleet, as text by path. */
export async function demoFiles(): Promise<Readonly<Record<string, string>>> {
  const fleet = resolve(import.meta.dirname, '../../../fixtures/demo/fleet')
  return Object.fromEntries(await filesOfFolder(fleet))
}
