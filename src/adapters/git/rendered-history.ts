import { mkdtemp, rm, writeFile } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join, resolve } from 'node:path'
import { EnvironmentError } from '../../diagnostics/errors.ts'
import type { Difference, RenderedHistory } from '../../branch/rendered-history-port.ts'
import { createGitBranchWriter } from './branch-writer.ts'
import { readState, readTexts } from './branch-state.ts'
import { lastLine, runGit, runGitOrThrow } from './git-process.ts'
import { openGitRepository, type GitRepository } from './git-repository.ts'

/** Rendered commits of a repository; what is made again goes into a bare repository that borrows its objects. */
export function createRenderedHistory(repository: string, temporaryFolder = tmpdir()): RenderedHistory {
  const rendered = openGitRepository(repository)
  let scratch: Promise<GitRepository> | undefined
  const openScratch = (): Promise<GitRepository> => (scratch ??= createScratch(repository, temporaryFolder))
  return {
    async read(name) {
      const commit = await findCommit(repository, name)
      const state = await readState(rendered, name, commit)
      const paths = [...state.files.keys()].filter(
        (path) => path.startsWith('.fleetwright/') && !/^\.fleetwright\/(clusters|index)\//.test(path),
      )
      const message = await git(repository, ['log', '-1', '--format=%B', commit])
      return { commit, message, files: await readTexts(rendered, state, paths) }
    },
    async writerBefore(commit, branch) {
      const opened = await openScratch()
      const parent = await runGit({
        folder: repository,
        args: ['rev-parse', '--verify', '--quiet', `${commit}^`],
      })
      if (parent.exitCode === 0)
        await git(opened.folder, ['update-ref', `refs/heads/${branch}`, parent.stdout.toString().trim()])
      return createGitBranchWriter({ repository: opened })
    },
    async compare(commit, again) {
      const { folder } = await openScratch()
      const other = again ?? `${commit}^`
      const args = ['diff-tree', '-r', '-z', '--no-renames', '--name-status', other, commit]
      return toDifferences(await git(folder, args))
    },
    async close() {
      rendered.objects.close()
      if (!scratch) return
      const { folder, objects } = await scratch
      objects.close()
      await rm(folder, { recursive: true, force: true })
    },
  }
}

async function findCommit(repository: string, name: string): Promise<string> {
  const args = ['rev-parse', '--verify', '--quiet', '--end-of-options', `${name}^{commit}`]
  const { exitCode, stdout, stderr } = await runGit({ folder: repository, args })
  if (exitCode === 0) return stdout.toString().trim()
  throw new EnvironmentError({
    adapter: 'git',
    operation: `find ${name}`,
    message: `${repository} has no commit \`${name}\`${stderr === '' ? '' : `: ${lastLine(stderr)}`}`,
    retryable: false,
    hint: 'fetch the rendered branch first, or name one of its commits',
  })
}

async function createScratch(repository: string, temporaryFolder: string): Promise<GitRepository> {
  const folder = await mkdtemp(join(temporaryFolder, 'fleetwright-verify-'))
  const format = (await git(repository, ['rev-parse', '--show-object-format'])).trim()
  await git(folder, ['init', '--quiet', '--bare', `--object-format=${format}`, '.'])
  const objects = (await git(repository, ['rev-parse', '--git-path', 'objects'])).trim()
  await writeFile(join(folder, 'objects', 'info', 'alternates'), `${resolve(repository, objects)}\n`)
  return openGitRepository(folder)
}

async function git(folder: string, args: readonly string[]): Promise<string> {
  return (await runGitOrThrow({ folder, args }, 'verify a rendered commit')).toString()
}

/** `M\0path\0A\0path\0` → differences as seen from what the inputs give. */
function toDifferences(output: string): readonly Difference[] {
  const words = output.split('\0')
  const differences: Difference[] = []
  for (let at = 0; at + 1 < words.length; at += 2) {
    const kind = words[at] === 'A' ? 'unexpected' : words[at] === 'D' ? 'missing' : 'changed'
    differences.push({ path: words[at + 1] ?? '', kind })
  }
  return differences
}
