import { writeFile } from 'node:fs/promises'
import { join } from 'node:path'
import {
  maxFileBytes,
  maxFiles,
  maxTreeBytes,
  SourceFailure,
  type Download,
  type RemoteEntry,
} from '../../sources/source-remote-port.ts'
import { runGit, type GitCommand } from './git-command.ts'

/** Files and links of a commit of a clone. Throws SourceFailure. */
export async function readCommit(commit: string, command: GitCommand): Promise<Download['content']> {
  // A clone that lacks large files would fetch them as soon as their size is asked for: it forgets where it came from.
  await writeFile(join(command.folder, 'config'), '[core]\n\trepositoryformatversion = 0\n\tbare = true\n')
  const listing = await runGit(['ls-tree', '-r', '-z', '--full-tree', commit], command)
  const listed = listing
    .toString('utf8')
    .split('\0')
    .flatMap((line) => {
      const [, mode, type, id, path] = /^(\d+) (\w+) ([0-9a-f]+)\t([^]+)$/.exec(line) ?? []
      // Submodules are left out, as Flux leaves them out unless told otherwise.
      return type === 'blob' && id !== undefined && path !== undefined ? [{ mode, id, path }] : []
    })
  const toInput = (files: readonly { id: string }[]): string => files.map(({ id }) => `${id}\n`).join('')
  const sizes = await runGit(['cat-file', '--batch-check'], { ...command, input: toInput(listed) })
  const sizeOfLine = sizes
    .toString('utf8')
    .split('\n')
    .map((line) => Number(/ blob (\d+)$/.exec(line)?.[1] ?? Number.NaN))
  const isKept = (index: number): boolean => (sizeOfLine[index] ?? Number.NaN) <= maxFileBytes
  const files = listed.filter((_, index) => isKept(index))
  const total = sizeOfLine.reduce((sum, size, index) => (isKept(index) ? sum + size : sum), 0)
  if (total > maxTreeBytes || files.length > maxFiles) {
    throw new SourceFailure({
      reason: 'too-large',
      operation: `fetch from ${command.host}`,
      message: `the repository has more than ${maxFiles} files or ${maxTreeBytes / 1024 / 1024} MiB`,
      hint: 'keep manifests in a repository of their own',
    })
  }
  const contents = splitBatch(
    await runGit(['cat-file', '--batch'], { ...command, input: toInput(files) }),
    files.length,
  )
  const entries = files.map(({ path, mode }, index): RemoteEntry => ({
    path,
    type: mode === '120000' ? 'symlink' : 'file',
    bytes: contents[index] ?? new Uint8Array(),
  }))
  return {
    type: 'entries',
    entries,
    leftOut: listed.filter((_, index) => !isKept(index)).map(({ path }) => path),
  }
}

/** `<id> blob <size>\n<bytes>\n`, once each. */
function splitBatch(output: Buffer, count: number): Buffer[] {
  const contents: Buffer[] = []
  for (let at = 0; contents.length < count && at < output.length;) {
    const end = output.indexOf('\n', at)
    const size = Number(output.toString('latin1', at, end).split(' ')[2])
    contents.push(output.subarray(end + 1, end + 1 + size))
    at = end + 1 + size + 1
  }
  return contents
}
