import { mkdir, symlink, unlink, writeFile } from 'node:fs/promises'
import { join } from 'node:path'

/** Makes a folder a bare repository that has no files until they are read; what it is made of is written anew. */
export async function writeBareFolder(folder: string, url: string): Promise<void> {
  await mkdir(join(folder, 'refs', 'heads'), { recursive: true })
  await Promise.all([
    writeFile(join(folder, 'HEAD'), 'ref: refs/heads/main\n'),
    writeFile(join(folder, 'config'), configText(url)),
  ])
}

/** Gives a repository the objects of another: what is written to one is in both. */
export async function linkObjects(folder: string, objects: string): Promise<void> {
  const link = join(folder, 'objects')
  await unlink(link).catch((error: unknown) => {
    if (!(error instanceof Error && 'code' in error && error.code === 'ENOENT')) throw error
  })
  // Other links need rights on Windows that nobody has.
  await symlink(objects, link, 'junction')
}

function configText(url: string): string {
  return [
    '[core]',
    '\trepositoryformatversion = 1',
    '\tbare = true',
    '\tlogAllRefUpdates = false',
    '[extensions]',
    '\tpartialClone = origin',
    '[remote "origin"]',
    `\turl = "${url.replace(/[\\"]/g, (character) => `\\${character}`)}"`,
    '\tpromisor = true',
    '\tpartialCloneFilter = blob:none',
    '[gc]',
    '\tauto = 0',
    '[maintenance]',
    '\tauto = false',
    '',
  ].join('\n')
}
