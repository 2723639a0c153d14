import { Buffer } from 'node:buffer'
import { spawn } from 'node:child_process'
import { once } from 'node:events'
import type { BranchUpdate, Person } from '../../branch/types.ts'
import type { GitResult } from './git-process.ts'

/**
 * A ref that never comes to be: fast-import makes commits on refs only, and the one that counts must be moved by a
 * transaction with its old value.
 */
const scratch = 'refs/fleetwright/scratch'

/**
 * Makes the blobs, trees and commit of an update in one process, without work tree or index, and moves no ref: killed at
 * any time, it leaves nothing but objects that nothing refers to. Folders that the update does not name are taken over
 * from `base` by id, unread. `isMissing` says which texts the repository has not got yet.
 * Standard output is the commit's id.
 */
export async function fastImport(
  repository: string,
  update: BranchUpdate,
  isMissing: ReadonlySet<string>,
): Promise<GitResult> {
  // Without deltas: texts are nearly all new or equal, and `git gc` finds better ones.
  const args = ['fast-import', '--quiet', '--done', '--depth=0', '--date-format=raw']
  const child = spawn('git', args, {
    cwd: repository,
    env: { ...process.env, LC_ALL: 'C' },
    stdio: ['pipe', 'pipe', 'pipe'],
  })
  const stdout: Buffer[] = []
  const stderr: Buffer[] = []
  child.stdout.on('data', (chunk: Buffer) => stdout.push(chunk))
  child.stderr.on('data', (chunk: Buffer) => stderr.push(chunk))
  const closed = new Promise<number>((resolve, reject) => {
    child.on('error', reject)
    child.on('close', (exitCode) => resolve(exitCode ?? 128))
  })
  // What went wrong when git stops reading is in its exit code.
  let isOpen = true
  child.stdin.on('error', () => (isOpen = false))
  for (const chunk of commands(update, isMissing)) {
    if (!isOpen) break
    if (!child.stdin.write(chunk))
      await Promise.race([once(child.stdin, 'drain').catch(() => undefined), closed])
  }
  child.stdin.end()
  const exitCode = await closed
  return { exitCode, stdout: Buffer.concat(stdout), stderr: Buffer.concat(stderr).toString() }
}

/** The stream, in pieces of about a megabyte. */
function* commands(update: BranchUpdate, isMissing: ReadonlySet<string>): Generator<Buffer> {
  let pieces: Buffer[] = []
  let size = 0
  const marks = new Map<string, string>()
  for (const [id, text] of update.texts) {
    if (!isMissing.has(id)) continue
    const bytes = Buffer.from(text)
    const mark = `:${marks.size + 1}`
    marks.set(id, mark)
    pieces.push(Buffer.from(`blob\nmark ${mark}\ndata ${bytes.length}\n`), bytes, Buffer.from('\n'))
    size += bytes.length
    if (size > 1_000_000) {
      yield Buffer.concat(pieces)
      pieces = []
      size = 0
    }
  }
  yield Buffer.concat(pieces)
  yield commitCommand(update, marks)
}

function commitCommand(update: BranchUpdate, marks: ReadonlyMap<string, string>): Buffer {
  const mark = `:${marks.size + 1}`
  const message = Buffer.from(update.message)
  const lines = [
    `commit ${scratch}`,
    `mark ${mark}`,
    `author ${formatPerson(update.author)} ${formatDate(update.date)}`,
    `committer ${formatPerson(update.committer)} ${formatDate(update.date)}`,
    `data ${message.length}`,
    update.message,
    ...(update.base === undefined ? [] : [`from ${update.base}`]),
    ...update.removals.map((path) => `D ${quotePath(path)}`),
    ...[...update.writes].map(([path, id]) => `M 100644 ${marks.get(id) ?? id} ${quotePath(path)}`),
    '',
    `get-mark ${mark}`,
    `reset ${scratch}`,
    // Nothing: a ref that is set to it is not made. As long as the ids of the repository are.
    `from ${'0'.repeat(update.writes.values().next().value?.length ?? update.base?.length ?? 40)}`,
    '',
    'done',
    '',
  ]
  return Buffer.from(lines.join('\n'))
}

/** Brackets and line breaks would end the name early. */
export function formatPerson({ name, email }: Person): string {
  const clean = (text: string): string => text.replace(/[<>\n\0]/g, '').trim()
  return `${clean(name)} <${clean(email)}>`
}

/** Seconds since the epoch, in UTC. */
export function formatDate(date: string): string {
  return `${Math.floor(Date.parse(date) / 1000)} +0000`
}

function quotePath(path: string): string {
  return `"${path.replace(/[\\"]/g, (character) => `\\${character}`).replaceAll('\n', '\\n')}"`
}
