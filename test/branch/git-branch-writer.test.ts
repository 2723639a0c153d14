import { execFileSync, spawn } from 'node:child_process'
import { chmod, mkdir, writeFile } from 'node:fs/promises'
import { join } from 'node:path'
import { fileURLToPath, pathToFileURL } from 'node:url'
import { afterAll, afterEach, beforeAll, beforeEach, describe, expect, test } from 'vitest'
import { createGitBranchWriter } from '../../src/adapters/git/branch-writer.ts'
import { readBranch } from '../../src/branch/branch.ts'
import type { BranchWriter } from '../../src/branch/branch-writer-port.ts'
import { EnvironmentError } from '../../src/diagnostics/errors.ts'
import { updateOf } from '../contracts/branch-writer.ts'
import {
  createPlayground,
  filesOfBranch,
  git,
  serveGit,
  type GitServer,
  type Playground,
} from '../contracts/git-repositories.ts'
import { sharedFolder } from '../shared.ts'
import { cluster, fleet, helm, object, run } from './fleet-double.ts'

let playground: Playground
let remote = ''
let url = ''
beforeEach(async () => {
  playground = await createPlayground()
  remote = await playground.repository('remote.git', '--bare')
  url = pathToFileURL(remote).href
})
afterEach(() => playground.remove())

async function cloneWriter(name: string, from = url): Promise<BranchWriter> {
  return createGitBranchWriter({ repository: await playground.repository(name), remote: from })
}

async function failure(work: Promise<unknown>): Promise<EnvironmentError> {
  const error: unknown = await work.then(
    () => undefined,
    (thrown: unknown) => thrown,
  )
  if (error instanceof EnvironmentError) return error
  throw new Error('no EnvironmentError', { cause: error })
}

async function tip(branch = 'rendered'): Promise<string> {
  return (await git(remote, 'rev-parse', `refs/heads/${branch}`)).trim()
}

/** What a person does with a clone: one commit with a file, pushed by force if need be. */
async function pushByHand(name: string, file: string, ...options: string[]): Promise<void> {
  const clone = join(playground.folder, name)
  await git(playground.folder, 'clone', '--quiet', '--branch', 'rendered', url, name)
  await writeFile(join(clone, file), 'by hand\n')
  await git(clone, 'add', '-A')
  await git(
    clone,
    '-c',
    'user.name=Eve',
    '-c',
    'user.email=eve@example.org',
    'commit',
    '--quiet',
    '-m',
    'By hand',
    ...options,
  )
  await git(clone, 'push', '--quiet', '--force', 'origin', 'HEAD:rendered')
}

const app = helm('web/app', [object('ConfigMap web/app')])
const other = helm('web/other', [object('ConfigMap web/other')])
const prod = (...units: (typeof app)[]) => fleet({ cluster: cluster('fleet/prod'), units })

describe('a commit of the rendered branch', () => {
  test('has author, committer, times and trailers, and touches neither index nor HEAD nor work tree', async () => {
    const repository = await playground.repository('work')
    await run(createGitBranchWriter({ repository }), prod(app))
    const format = '%an <%ae> %ad|%cn <%ce> %cd|%(trailers:key=Source-Commit,valueonly)'
    expect(
      (await git(repository, 'log', '-1', '--date=iso-strict', `--format=${format}`, 'rendered')).trim(),
    ).toBe(
      `Ada <ada@example.org> 2026-01-02T03:04:05+00:00|fleetwright <bot@example.org> 2026-01-02T03:04:05+00:00|${'a'.repeat(40)}`,
    )
    expect(await git(repository, 'status', '--porcelain')).toBe('')
    expect(await git(repository, 'symbolic-ref', 'HEAD')).toBe('refs/heads/main\n')
    expect(await git(repository, 'for-each-ref', '--format=%(refname)')).toBe('refs/heads/rendered\n')
  })

  test('is the same commit in every repository', async () => {
    const [one, two] = [await playground.repository('one'), await playground.repository('two', '--bare')]
    for (const repository of [one, two]) await run(createGitBranchWriter({ repository }), prod(app, other))
    expect(await git(one, 'rev-parse', 'rendered')).toBe(await git(two, 'rev-parse', 'rendered'))
    expect(await git(one, 'fsck', '--strict')).toBe('')
  })

  test('is signed when the configuration of Git says so', async () => {
    const repository = await playground.repository('signed')
    const key = join(playground.folder, 'key')
    execFileSync('ssh-keygen', ['-q', '-t', 'ed25519', '-N', '', '-f', key])
    await writeFile(
      join(playground.folder, 'allowed'),
      `bot@example.org ${execFileSync('cat', [`${key}.pub`]).toString()}`,
    )
    const settings = { 'commit.gpgSign': 'true', 'gpg.format': 'ssh', 'user.signingKey': key }
    for (const [name, value] of Object.entries(settings)) await git(repository, 'config', name, value)
    await git(repository, 'config', 'gpg.ssh.allowedSignersFile', join(playground.folder, 'allowed'))
    await run(createGitBranchWriter({ repository }), prod(app))
    expect((await git(repository, 'log', '-1', '--format=%G?', 'rendered')).trim()).toBe('G')
    expect((await run(createGitBranchWriter({ repository }), prod(app))).outcome.status).toBe('unchanged')
  })

  test('that cannot be signed is not made', async () => {
    const repository = await playground.repository('unsigned')
    const settings = { 'commit.gpgSign': 'true', 'gpg.format': 'ssh', 'user.signingKey': '/nowhere/key' }
    for (const [name, value] of Object.entries(settings)) await git(repository, 'config', name, value)
    const error = await failure(run(createGitBranchWriter({ repository }), prod(app)))
    expect(error).toMatchObject({ operation: 'sign the commit for rendered', retryable: false })
    expect(await git(repository, 'for-each-ref')).toBe('')
  })

  test('reads and writes in a repository of SHA-256', async () => {
    const repository = await playground.repository('sha256', '--object-format=sha256')
    const writer = createGitBranchWriter({ repository })
    await run(writer, prod(app, other))
    const { outcome, diagnostics } = await run(writer, prod(app, other))
    expect([outcome.status, diagnostics]).toEqual(['unchanged', []])
  })
})

describe('others at the same branch', () => {
  test('what somebody pushes between reading and writing is kept, and the update is made on top', async () => {
    const writer = await cloneWriter('clone')
    await run(writer, prod(app))
    let interruptions = 0
    const interrupted: BranchWriter = {
      ...writer,
      async write(update) {
        if (interruptions++ === 0) await pushByHand('eve', 'README.md')
        return writer.write(update)
      },
    }
    const { outcome } = await run(interrupted, prod(app, other))
    expect(outcome.status).toBe('written')
    const files = await filesOfBranch(remote, 'rendered')
    expect(files.get('README.md')).toBe('by hand\n')
    expect(files.has('clusters/fleet/prod/helm-web-other/configmap-web-other.yaml')).toBe(true)
    expect((await git(remote, 'log', '--format=%s', 'rendered')).split('\n')).toEqual([
      'Render aaaaaaaaaaaa: 1 cluster',
      'By hand',
      'Render aaaaaaaaaaaa: 1 cluster',
      '',
    ])
  })

  test('a branch that was read ahead and moved since is read again', async () => {
    const writer = await cloneWriter('clone')
    await run(writer, prod(app))
    const ahead = await readBranch(writer, 'rendered')
    expect(ahead).toMatchObject({ state: { commit: await tip() }, diagnostics: [] })
    await pushByHand('eve', 'README.md')
    const { outcome, diagnostics } = await run(writer, prod(app, other), { ahead })
    expect([outcome.status, diagnostics]).toEqual(['written', []])
    expect((await filesOfBranch(remote, 'rendered')).get('README.md')).toBe('by hand\n')
  })

  test('when others keep being faster, the run ends with an error that may be retried', async () => {
    const writer = await cloneWriter('clone')
    await run(writer, prod(app))
    const losing: BranchWriter = { ...writer, write: () => Promise.resolve({ status: 'moved' }) }
    expect(await failure(run(losing, prod(other)))).toMatchObject({
      message: 'branch rendered was moved by somebody else 10 times in a row',
      retryable: true,
    })
  })

  test('a branch that was force-pushed meanwhile is planned anew, and one that was replaced is refused', async () => {
    const writer = await cloneWriter('clone')
    await run(writer, prod(app))
    await run(writer, prod(app, other))
    await git(remote, 'update-ref', 'refs/heads/rendered', 'rendered~1')
    expect((await run(writer, prod(app, other))).outcome.status).toBe('written')
    await git(playground.folder, 'clone', '--quiet', url, 'eve')
    const clone = join(playground.folder, 'eve')
    await git(clone, 'checkout', '--quiet', '--orphan', 'foreign')
    await git(clone, 'rm', '-rfq', '--ignore-unmatch', '.')
    await writeFile(join(clone, 'mine'), 'mine\n')
    await git(clone, 'add', '-A')
    await git(
      clone,
      '-c',
      'user.name=Eve',
      '-c',
      'user.email=eve@example.org',
      'commit',
      '--quiet',
      '-m',
      'Mine',
    )
    await git(clone, 'push', '--quiet', '--force', 'origin', 'HEAD:rendered')
    const before = await tip()
    const { outcome, diagnostics } = await run(writer, prod(app))
    expect([outcome.status, diagnostics.map(({ code }) => code)]).toEqual(['refused', ['branch/foreign']])
    expect(await tip()).toBe(before)
  })

  test('a force push between reading and writing is not overwritten', async () => {
    const writer = await cloneWriter('clone')
    await run(writer, prod(app))
    const state = await writer.read('rendered')
    await pushByHand('eve', 'README.md', '--amend')
    const moved = await tip()
    expect(
      await writer.write(
        updateOf({ 'a.yaml': 'a\n' }, state.commit === undefined ? {} : { base: state.commit }),
      ),
    ).toEqual({
      status: 'moved',
    })
    expect(await tip()).toBe(moved)
  })

  describe.each(['file://', 'http://'])('two writers over %s', (scheme) => {
    const isServed = scheme === 'http://'
    test.skipIf(isServed && sharedFolder() === undefined)('lose nothing', async () => {
      const server: GitServer | undefined = isServed
        ? await serveGit(sharedFolder() ?? '', playground.folder)
        : undefined
      try {
        const from = server ? `${server.url}/remote.git` : url
        const writers = await Promise.all(['one', 'two'].map((name) => cloneWriter(name, from)))
        await Promise.all(writers.map((writer, position) => writeSixFiles(writer, `writer-${position}`)))
        const files = await filesOfBranch(remote, 'rendered')
        expect(files.size).toBe(12)
        expect((await git(remote, 'rev-list', '--count', 'rendered')).trim()).toBe('12')
        expect(await git(remote, 'fsck', '--strict', '--no-dangling')).toBe('')
      } finally {
        await server?.stop()
      }
    })
  })
})

async function writeSixFiles(writer: BranchWriter, folder: string): Promise<void> {
  for (let written = 0; written < 6;) {
    const { commit } = await writer.read('rendered')
    const update = updateOf(
      { [`${folder}/${written}.yaml`]: 'x\n' },
      commit === undefined ? {} : { base: commit },
    )
    if ((await writer.write(update)).status === 'written') written += 1
  }
}

describe('the world failing', () => {
  test('a branch that is protected by a hook is left as it is', async () => {
    const writer = await cloneWriter('clone')
    await run(writer, prod(app))
    const hook = join(remote, 'hooks/pre-receive')
    await mkdir(join(remote, 'hooks'), { recursive: true })
    await writeFile(hook, '#!/bin/sh\necho "protected branch" >&2\nexit 1\n')
    await chmod(hook, 0o755)
    const before = await tip()
    const error = await failure(run(writer, prod(app, other)))
    expect(error).toMatchObject({ adapter: 'git', operation: `push rendered to ${url}`, retryable: false })
    expect(error.message).toBe(
      `${url} did not take the push of rendered: [remote rejected] (pre-receive hook declined)`,
    )
    expect(await tip()).toBe(before)
  })

  test('a remote that is not there may be retried, and its credentials are not shown', async () => {
    const writer = createGitBranchWriter({
      repository: await playground.repository('clone'),
      remote: 'http://me:hunter2@127.0.0.1:9/x.git',
    })
    const error = await failure(run(writer, prod(app)))
    expect(error.retryable).toBe(true)
    expect(`${error.message} ${error.operation} ${error.hint ?? ''}`).not.toContain('hunter2')
    expect(error.message).toContain('http://127.0.0.1:9/x.git cannot be reached')
  })

  test('a branch that is checked out in a work tree is not moved under it', async () => {
    const repository = await playground.repository('work')
    await run(createGitBranchWriter({ repository }), prod(app))
    await git(repository, 'checkout', '--quiet', 'rendered')
    const before = await git(repository, 'rev-parse', 'rendered')
    const error = await failure(run(createGitBranchWriter({ repository }), prod(app, other)))
    expect(error.message).toMatch(/^branch rendered is checked out in .*work$/)
    expect(await git(repository, 'rev-parse', 'rendered')).toBe(before)
  })

  test('a reference that is locked by another process may be retried', async () => {
    const repository = await playground.repository('locked.git', '--bare')
    const writer = createGitBranchWriter({ repository })
    await run(writer, prod(app))
    await writeFile(join(repository, 'refs/heads/rendered.lock'), '')
    expect(await failure(run(writer, prod(app, other)))).toMatchObject({
      operation: 'move branch rendered',
      retryable: true,
    })
  })

  test('a folder that is no repository is named', async () => {
    const writer = createGitBranchWriter({ repository: playground.folder })
    expect((await failure(writer.read('rendered'))).message).toContain('not a git repository')
  })

  test('in a shallow clone only the tip of the branch is fetched', async () => {
    await run(await cloneWriter('first'), prod(app))
    await run(await cloneWriter('second'), prod(app, other))
    await git(
      playground.folder,
      'clone',
      '--quiet',
      '--bare',
      '--depth=1',
      '--branch',
      'rendered',
      url,
      'shallow.git',
    )
    await run(await cloneWriter('third'), prod(app))
    const shallow = join(playground.folder, 'shallow.git')
    const writer = createGitBranchWriter({ repository: shallow, remote: url })
    expect((await run(writer, prod(app, other))).outcome.status).toBe('written')
    expect((await git(remote, 'rev-list', '--count', 'rendered')).trim()).toBe('4')
    expect((await git(shallow, 'rev-parse', '--is-shallow-repository')).trim()).toBe('true')
  })
})

describe('a full disk', () => {
  let disk = ''
  let isMounted = false
  beforeAll(async () => {
    const folder = await createPlayground()
    disk = folder.folder
    try {
      execFileSync('mount', ['-t', 'tmpfs', '-o', 'size=3m', 'tmpfs', disk], { stdio: 'ignore' })
      isMounted = true
    } catch {
      // Only root may mount; the test then says that it was skipped.
    }
  })
  afterAll(() => {
    if (isMounted) execFileSync('umount', ['-l', disk])
  })

  test('is named, and the branch is as it was', async ({ skip }) => {
    if (!isMounted) skip('needs the right to mount a small file system')
    const repository = join(disk, 'r.git')
    await git(disk, 'init', '--quiet', '--bare', repository)
    const writer = createGitBranchWriter({ repository })
    await run(writer, prod(app))
    const before = await git(repository, 'rev-parse', 'rendered')
    const noise = Array.from({ length: 60 }, (_, position) =>
      object(`ConfigMap web/n${position}`, {
        body: `data: ${Buffer.from(crypto.getRandomValues(new Uint8Array(60_000))).toString('base64')}\n`,
      }),
    )
    const error = await failure(run(writer, prod(app, helm('web/big', noise))))
    expect(error.message).toBe(`the disk of ${repository} is full; the branch is as it was`)
    expect(await git(repository, 'rev-parse', 'rendered')).toBe(before)
  })
})

describe('a run that is killed', () => {
  test('leaves the branch as it was or as it was to be, at any time', async () => {
    const writer = await cloneWriter('clone')
    await run(writer, prod(app))
    const repository = join(playground.folder, 'clone')
    let finished = false
    for (let delayMs = 150; !finished && delayMs < 6000; delayMs *= 1.35) {
      const before = await tip()
      finished = await writeAndKill(repository, before, delayMs)
      if (!finished) {
        const after = await tip()
        const isNew = after !== before
        expect(
          (await git(remote, 'ls-tree', '-r', '--name-only', after)).trim().split('\n').length > 4000,
        ).toBe(isNew)
        finished = isNew
      }
    }
    expect(finished).toBe(true)
    expect(await git(remote, 'fsck', '--strict')).not.toMatch(/error|missing/)
  })
})

/** Whether it was done before it could be killed, with all of its git processes. */
async function writeAndKill(repository: string, base: string, delayMs: number): Promise<boolean> {
  const script = fileURLToPath(new URL('./write-large-update.ts', import.meta.url))
  const child = spawn(process.execPath, [script, repository, url, base], { detached: true, stdio: 'ignore' })
  const ended = new Promise<boolean>((resolve) => child.once('exit', (code) => resolve(code === 0)))
  const timer = setTimeout(() => {
    if (child.pid !== undefined && child.exitCode === null) process.kill(-child.pid, 'SIGKILL')
  }, delayMs)
  const isDone = await ended
  clearTimeout(timer)
  return isDone
}
