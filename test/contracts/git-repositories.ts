import { execFile, spawn } from 'node:child_process'
import { mkdir, mkdtemp, readdir, readFile, rm } from 'node:fs/promises'
import { createServer } from 'node:net'
import { tmpdir } from 'node:os'
import { join, relative } from 'node:path'
import { promisify } from 'node:util'

const execute = promisify(execFile)

/** Runs git beside the code under test, deaf to the configuration of the machine. */
export async function git(folder: string, ...args: readonly string[]): Promise<string> {
  const env = { ...process.env, GIT_CONFIG_GLOBAL: '/dev/null', GIT_CONFIG_NOSYSTEM: '1' }
  const { stdout } = await execute('git', [...args], { cwd: folder, env, maxBuffer: 1 << 28 })
  return stdout
}

export interface Playground {
  readonly folder: string
  /** A new repository of that name. */
  repository(name: string, ...options: readonly string[]): Promise<string>
  remove(): Promise<void>
}

export async function createPlayground(): Promise<Playground> {
  const folder = await mkdtemp(join(tmpdir(), 'fleetwright-branch-'))
  return {
    folder,
    async repository(name, ...options) {
      const path = join(folder, name)
      await mkdir(path, { recursive: true })
      await git(path, 'init', '--quiet', '--initial-branch=main', ...options)
      await git(path, 'config', 'http.receivepack', 'true')
      return path
    },
    remove: () => rm(folder, { recursive: true, force: true }),
  }
}

/** Files of a branch as git itself tells them. */
export async function filesOfBranch(repository: string, branch: string): Promise<Map<string, string>> {
  const list = await git(repository, 'ls-tree', '-r', '-z', '--name-only', `refs/heads/${branch}`)
  const files = new Map<string, string>()
  for (const path of list.split('\0').filter((name) => name !== '')) {
    files.set(path, await git(repository, 'show', `refs/heads/${branch}:${path}`))
  }
  return files
}

export async function filesOfFolder(folder: string): Promise<Map<string, string>> {
  const entries = await readdir(folder, { recursive: true, withFileTypes: true })
  const paths = entries.filter((entry) => entry.isFile()).map((entry) => join(entry.parentPath, entry.name))
  const texts = await Promise.all(paths.map((path) => readFile(path, 'utf8')))
  return new Map(
    paths.map((path, position): [string, string] => [relative(folder, path), texts[position] ?? '']).sort(),
  )
}

export interface GitServer {
  /** `http://127.0.0.1:…`, below which every repository of the folder lies. */
  readonly url: string
  stop(): Promise<void>
}

/** Git over smart HTTP for the repositories of a folder, by the server of the shared folder. */
export async function serveGit(shared: string, folder: string): Promise<GitServer> {
  const port = await freePort()
  const server = spawn('python3', [join(shared, 'infra/git-serve.py'), folder, String(port)], {
    stdio: 'ignore',
  })
  const ended = new Promise<void>((resolve) => server.once('exit', () => resolve()))
  await untilAnswers(`http://127.0.0.1:${port}/`)
  return {
    url: `http://127.0.0.1:${port}`,
    async stop() {
      server.kill()
      await ended
    },
  }
}

export async function freePort(): Promise<number> {
  const server = createServer()
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve))
  const address = server.address()
  await new Promise((resolve) => server.close(resolve))
  if (typeof address !== 'object' || address === null) throw new Error('no port')
  return address.port
}

async function untilAnswers(url: string): Promise<void> {
  for (let attempt = 0; attempt < 200; attempt += 1) {
    const isUp = await fetch(url).then(
      () => true,
      () => false,
    )
    if (isUp) return
    await new Promise((resolve) => setTimeout(resolve, 25))
  }
  throw new Error(`${url} does not answer`)
}
