import { execFileSync, spawn } from 'node:child_process'
import { once } from 'node:events'
import { existsSync, mkdtempSync, readFileSync, realpathSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { describe, expect, onTestFinished, test, vi } from 'vitest'
import { createRunCli } from '../../src/app/run-cli.ts'
import type { CliCall, CliResult, FleetSetting } from '../../src/app/types.ts'
import { cliFile } from '../bundled.ts'

const repository = { installation: 12, owner: 'acme', name: 'fleet' }

const ours = {
  ...{ APP_ID: '1', PRIVATE_KEY: 'pem', WEBHOOK_SECRET: 'w', REDIS_URL: 'redis://', SESSION_SECRET: 's' },
  ...{ GITHUB_TOKEN: 'ghs', GITHUB_CLIENT_SECRET: 'c', KUBECONFIG: '/k', AWS_SECRET_ACCESS_KEY: 'aws' },
  ...{ NODE_OPTIONS: '--no-warnings', XDG_CONFIG_HOME: '/x', FLEETWRIGHT_KEY: 'of the program' },
}
const operator = { FLEETWRIGHT_KEY: 'sixteen characters', FLEETWRIGHT_CREDENTIALS: '{}' }
const day = 86_400_000

interface Child {
  readonly folder: string
  readonly cacheFolder: string
  readonly run: (call?: Partial<CliCall>) => Promise<CliResult>
  readonly close: () => void
}

/** Runs a script in the place of the command line, and another in that of the one that waits. */
function child(script: string, limits: Partial<FleetSetting> = {}, waits?: string): Child {
  const folder = mkdtempSync(join(tmpdir(), 'fleetwright-child-'))
  const cliPath = join(folder, 'cli.mjs')
  writeFileSync(cliPath, script)
  const standbyPath = join(folder, 'standby.mjs')
  if (waits !== undefined) writeFileSync(standbyPath, waits)
  const cacheFolder = join(folder, 'cache')
  const setting = { env: operator, timeLimitMs: day, memoryLimitBytes: 2 ** 31, ...limits }
  const { run, close } = createRunCli({
    ...(waits !== undefined && { standbyPath }),
    ...{ cliPath, cacheFolder, nodePath: process.execPath },
    settings: { of: () => setting, watched: [] },
    environment: { PATH: process.env['PATH'], HTTPS_PROXY: 'http://proxy:3128', HOME: '/home/app', ...ours },
  })
  const signal = new AbortController().signal
  onTestFinished(close)
  return {
    ...{ folder, cacheFolder, close },
    run: (call) => run({ ...{ repository, folder, signal, command: 'diff', args: [], env: {} }, ...call }),
  }
}

async function until(condition: () => boolean): Promise<void> {
  while (!condition()) await new Promise((resolve) => setTimeout(resolve, 10))
}

function isAlive(pid: number): boolean {
  try {
    process.kill(pid, 0)
    // One that nobody has waited for yet does nothing any more.
    return !/^State:\tZ/m.test(readFileSync(`/proc/${pid}/status`, 'utf8'))
  } catch {
    return false
  }
}

describe('the environment of a child', () => {
  const dump = 'process.stdout.write(JSON.stringify(process.env))'
  const seen = async ({ run }: Child, call: Partial<CliCall> = {}) =>
    JSON.parse((await run(call)).stdout) as Record<string, string>

  test('has what programs need, what the operator set and what the call adds, and nothing of ours', async () => {
    const started = child(dump)
    const { cacheFolder } = started
    expect(await seen(started, { env: { GIT_CONFIG_NOSYSTEM: '1' } })).toEqual({
      ...{ PATH: process.env['PATH'], HTTPS_PROXY: 'http://proxy:3128', CI: '1', GIT_CONFIG_NOSYSTEM: '1' },
      ...operator,
      FLEETWRIGHT_CACHE: join(cacheFolder, '12', 'own-of', 'fleet'),
      FLEETWRIGHT_PRIVATE_HOSTS: '',
      FLEETWRIGHT_STOP_WITH_INPUT: '1',
      ...{ HOME: join(cacheFolder, 'empty'), USERPROFILE: join(cacheFolder, 'empty') },
      ...{ DOCKER_CONFIG: join(cacheFolder, 'empty'), NETRC: join(cacheFolder, 'empty', 'netrc') },
      HELM_REGISTRY_CONFIG: join(cacheFolder, 'empty', 'registry.json'),
    })
  })

  test('has no key and no credentials for what a stranger wrote, nor what they have brought before', async () => {
    const started = child(dump)
    const env = await seen(started, { isUntrusted: true })
    expect(env['FLEETWRIGHT_CACHE']).toBe(join(started.cacheFolder, '12', 'strangers'))
    expect(Object.keys(env)).not.toContain('FLEETWRIGHT_KEY')
    expect(Object.keys(env)).not.toContain('FLEETWRIGHT_CREDENTIALS')
  })

  test('shares no cache with another installation', async () => {
    const started = child(dump)
    const env = await seen(started, { repository: { ...repository, installation: 13 } })
    expect(env['FLEETWRIGHT_CACHE']).toBe(join(started.cacheFolder, '13', 'own-of', 'fleet'))
  })

  test.each([
    ['nothing of its own', {}, false, ['own']],
    ['a key', { env: { FLEETWRIGHT_KEY: operator.FLEETWRIGHT_KEY } }, false, ['own']],
    ['credentials', { env: operator }, false, ['own-of', 'edge']],
    ['credentials', { env: operator }, true, ['strangers']],
    ['private hosts', { env: {}, privateHosts: ['charts.acme'] }, false, ['own-of', 'edge']],
    ['private hosts', { env: {}, privateHosts: ['charts.acme'] }, true, ['strangers-of', 'edge']],
  ])(
    'of a repository with %s brings what is shared with others, or not (%#)',
    async (_, own, isUntrusted, cache) => {
      const started = child(dump, { env: {}, ...own })
      const env = await seen(started, { repository: { ...repository, name: 'Edge' }, isUntrusted })
      expect(env['FLEETWRIGHT_CACHE']).toBe(join(started.cacheFolder, '12', ...cache))
    },
  )
})

describe('a child', () => {
  test('gets its arguments as they are, and gives what it printed and how it ended', async () => {
    const { run } = child(
      'process.stderr.write("said\\n"); process.stdout.write(process.argv.slice(2).join("|")); process.exitCode = 5',
    )
    expect(await run({ command: 'show clusters', args: ['--commit', '$(id) `x`'] })).toMatchObject({
      ...{ exitCode: 5, stderr: 'said\n', stdout: 'show|clusters|--commit|$(id) `x`|--progress|json' },
    })
  })

  test('that is listened to is ended by its signal, whatever time has passed, and nothing of what it says is kept', async () => {
    const { run } = child(
      "let n = 0; const tell = () => process.stdout.write('line ' + n++ + '\\n'); setInterval(tell, 20)",
      { timeLimitMs: 100 },
    )
    const ending = new AbortController()
    const lines: string[] = []
    const ended = run({
      signal: ending.signal,
      onLine(line) {
        lines.push(line)
        if (lines.length === 12) ending.abort(new Error('enough'))
      },
    })
    await expect(ended).rejects.toThrow('enough')
    expect(lines.slice(0, 12)).toEqual(Array.from({ length: 12 }, (_, index) => `line ${index}`))
  })

  test('tells where it is by lines that are no part of what it says', async () => {
    const { run } = child(
      `process.stderr.write('{"stage":"render","done":3,"total":20}\\nwarn');process.stderr.write('ing\\n{"stage":1}\\n')`,
    )
    const progress: unknown[] = []
    const { stderr } = await run({ onProgress: (...state) => progress.push(state) })
    expect(progress).toEqual([['render', 3, 20]])
    expect(stderr).toBe('warning\n{"stage":1}\n')
  })

  test('is ended when its time is over, with what it has started, also where it does not listen', async () => {
    const { run, folder } = child(
      `import { execFileSync, spawn } from 'node:child_process'
       import { writeFileSync } from 'node:fs'
       process.on('SIGTERM', () => undefined)
       const deaf = "process.on('SIGTERM', () => undefined); setInterval(() => undefined, 1000)"
       const below = spawn(process.execPath, ['-e', deaf], { stdio: 'inherit' })
       writeFileSync('pids', process.pid + ' ' + below.pid)
       for (;;);`,
      { timeLimitMs: 1000 },
    )
    const { exitCode, stderr } = await run()
    expect(exitCode).toBe(124)
    expect(stderr).toBe('stopped: did not end within 1 s\n')
    const pids = readFileSync(join(folder, 'pids'), 'utf8').split(' ').map(Number)
    await until(() => !pids.some(isAlive))
  })

  test.skipIf(process.platform !== 'linux')(
    'is ended when it takes too much memory, and others go on',
    async () => {
      const hungry = child(
        'const all = []; for (;;) { all.push(Buffer.alloc(1 << 23, 1)); await new Promise(setImmediate) }',
        { memoryLimitBytes: 300 * 2 ** 20 },
      )
      const calm = child('setTimeout(() => process.stdout.write("done"), 1000)')
      const [ended, done] = await Promise.all([hungry.run(), calm.run()])
      expect(ended).toMatchObject({ exitCode: 137, stderr: 'stopped: took more than 300 MiB of memory\n' })
      expect(done).toMatchObject({ exitCode: 0, stdout: 'done' })
    },
  )

  test('whose heap is full ends as one that took too much memory', async () => {
    const { run } = child('const all = []; for (;;) all.push({ some: [all.length] })', {
      memoryLimitBytes: 150 * 2 ** 20,
    })
    expect(await run()).toMatchObject({ exitCode: 137 })
  })

  test('that somebody else kills says so', async () => {
    const { run } = child("process.kill(process.pid, 'SIGKILL')")
    expect(await run()).toMatchObject({ exitCode: 137, isKilled: true })
    expect(await child('process.exitCode = 137').run()).not.toHaveProperty('isKilled')
  })

  test('is ended when it prints too much', async () => {
    const { run } = child(
      'const text = "x".repeat(1 << 20); const go = () => process.stdout.write(text, go); go()',
    )
    expect(await run()).toMatchObject({ exitCode: 137, stderr: 'stopped: printed more than 64 MiB\n' })
  })

  test('of which the end of a long complaint is kept', async () => {
    const { run } = child('process.stderr.write("x".repeat(1 << 20) + "\\nthe end\\n")')
    const { stderr } = await run()
    expect(stderr.length).toBe(65_536)
    expect(stderr.endsWith('x\nthe end\n')).toBe(true)
  })

  test('is ended when its work is given up, for the reason that was given', async () => {
    const { run, folder } = child(
      `import { writeFileSync } from 'node:fs'
       writeFileSync('pid.part', String(process.pid))
       ;(await import('node:fs')).renameSync('pid.part', 'pid')
       setInterval(() => undefined, 1000)`,
    )
    const controller = new AbortController()
    const running = run({ signal: controller.signal })
    await until(() => existsSync(join(folder, 'pid')))
    controller.abort(new Error('superseded'))
    await expect(running).rejects.toThrow('superseded')
    expect(isAlive(Number(readFileSync(join(folder, 'pid'), 'utf8')))).toBe(false)
  })

  test('is not started for work that was given up already', async () => {
    const { run, folder } = child('import("node:fs").then((fs) => fs.writeFileSync("started", ""))')
    await expect(run({ signal: AbortSignal.abort(new Error('shutdown')) })).rejects.toThrow('shutdown')
    expect(existsSync(join(folder, 'started'))).toBe(false)
  })
})

describe('a process that waits for the next call', () => {
  /** Says who it is, and what it sees of the process that it is told to be. */
  const dump = `process.stdout.write(JSON.stringify({ pid: process.pid, args, folder: process.cwd(), env: process.env }))`
  const cold = `const args = process.argv.slice(2); ${dump}`
  const waits = (told = '') => `
    import { createInterface } from 'node:readline'
    import { writeFileSync } from 'node:fs'
    writeFileSync(process.env.HOME + '/../waits', String(process.pid))
    for await (const line of createInterface({ input: process.stdin })) {
      const { args, folder, env } = JSON.parse(line)
      process.chdir(folder)
      for (const name of Object.keys(process.env)) delete process.env[name]
      Object.assign(process.env, env)
      ${told}
      ${dump}
      break
    }
    process.stdin.destroy()`

  interface Seen {
    readonly pid: number
    readonly args: readonly string[]
    readonly folder: string
    readonly env: Readonly<Record<string, string>>
  }
  const seen = async (result: Promise<CliResult>): Promise<Seen> => JSON.parse((await result).stdout) as Seen
  const pidThatWaits = async ({ cacheFolder }: Child): Promise<number> => {
    const file = join(cacheFolder, 'waits')
    await until(() => existsSync(file) && readFileSync(file, 'utf8') !== '')
    const pid = Number(readFileSync(file, 'utf8'))
    rmSync(file)
    return pid
  }

  test('sees what a new one would, and serves one call only', async () => {
    const warm = child(cold, {}, waits())
    const [first, other] = [
      await seen(warm.run({ args: ['a b'] })),
      mkdtempSync(join(tmpdir(), 'fleetwright-other-')),
    ]
    const pid = await pidThatWaits(warm)
    const second = await seen(warm.run({ args: ['a b'] }))
    expect(second).toEqual({ ...first, pid })
    expect(await pidThatWaits(warm)).not.toBe(pid)
    const stranger = await seen(warm.run({ folder: other, isUntrusted: true }))
    expect(stranger.folder).toBe(realpathSync(other))
    expect(Object.keys(stranger.env)).not.toContain('FLEETWRIGHT_KEY')
    expect(stranger.pid).not.toBe(pid)
  })

  test('has no credentials while it waits', async () => {
    const warm = child(cold, {}, waits())
    await warm.run()
    const pid = await pidThatWaits(warm)
    const environment = readFileSync(`/proc/${pid}/environ`, 'utf8')
    for (const secret of [...Object.values(operator), ...Object.values(ours)])
      expect(environment).not.toContain(`=${secret}\0`)
  })

  test('is not wanted where it died, and its bounds are those of the call', async () => {
    const warm = child(cold, { timeLimitMs: 1000 }, waits("if (args.includes('for-ever')) for (;;);"))
    await warm.run()
    const pid = await pidThatWaits(warm)
    process.kill(pid, 'SIGKILL')
    // That it is gone may not have come through: who is told to do something then ends as one that somebody killed.
    await vi.waitFor(async () => expect((await warm.run()).exitCode).toBe(0))
    await pidThatWaits(warm)
    expect(await warm.run({ args: ['for-ever'] })).toMatchObject({ exitCode: 124 })
  })

  test('that is killed as it begins says so', async () => {
    const warm = child(cold, {}, waits("process.kill(process.pid, 'SIGKILL')"))
    await warm.run()
    await pidThatWaits(warm)
    expect(await warm.run()).toMatchObject({ exitCode: 137, isKilled: true })
  })

  test('gets no call whose environment Node had to know when it started', async () => {
    const warm = child(cold, {}, waits())
    await warm.run()
    const pid = await pidThatWaits(warm)
    expect((await seen(warm.run({ env: { NODE_EXTRA_CA_CERTS: '/none' } }))).pid).not.toBe(pid)
    expect((await seen(warm.run())).pid).toBe(pid)
  })

  test('ends with the app', async () => {
    const warm = child(cold, {}, waits())
    await warm.run()
    const pid = await pidThatWaits(warm)
    warm.close()
    await until(() => !isAlive(pid))
    await warm.run()
    expect(existsSync(join(warm.cacheFolder, 'waits'))).toBe(false)
  })
})

describe('the command line', () => {
  const main = join(import.meta.dirname, '..', '..', 'src', 'cli', 'main.ts')

  test.each(['before', 'with'])('that waits does what it is told, %s its engine', async (when) => {
    const folder = mkdtempSync(join(tmpdir(), 'fleetwright-told-'))
    const waiting = spawn(process.execPath, [cliFile('standby')], { stdio: ['pipe', 'pipe', 'inherit'] })
    let said = ''
    waiting.stdout.setEncoding('utf8').on('data', (text: string) => (said += text))
    const args = when === 'with' ? ['validate', '--output', 'json'] : ['--version']
    const env = { PATH: process.env['PATH'], HOME: folder }
    if (when === 'with') {
      const git = (...words: string[]) => execFileSync('git', ['-C', folder, ...words])
      git('init', '--quiet')
      git(...['-c', 'user.name=a', '-c', 'user.email=a@b'], ...['commit', '--allow-empty', '--quiet', '-mx'])
    }
    waiting.stdin.write(`${JSON.stringify({ args, folder, env })}\n`)
    const [code] = (await once(waiting, 'exit')) as [number]
    expect({ code, said }).toMatchObject({
      code: 0,
      said: expect.stringMatching(when === 'with' ? /no-documents/ : /^\d/) as string,
    })
  })

  test('that waits ends when nobody tells it anything', async () => {
    const waiting = spawn(process.execPath, [cliFile('standby')], { stdio: ['pipe', 'inherit', 'inherit'] })
    waiting.stdin.end()
    const [code] = (await once(waiting, 'exit')) as [number]
    expect(code).toBe(70)
  })

  test('ends when what started it is killed', async () => {
    const folder = mkdtempSync(join(tmpdir(), 'fleetwright-killed-'))
    // The timer stands for work without an end.
    const parent = spawn(
      process.execPath,
      [
        '-e',
        `const { spawn } = require('node:child_process')
         const { writeFileSync, renameSync } = require('node:fs')
         const script = 'import(' + JSON.stringify(${JSON.stringify(main)}) + ')'
         const child = spawn(process.execPath, ['-e', 'setInterval(() => undefined, 1000);' + script, 'x'], {
           stdio: ['pipe', 'ignore', 'inherit'], detached: true,
           env: { ...process.env, FLEETWRIGHT_STOP_WITH_INPUT: '1' },
         })
         writeFileSync('part', String(child.pid)); renameSync('part', 'pid')`,
      ],
      { cwd: folder, stdio: ['ignore', 'ignore', 'inherit'] },
    )
    await until(() => existsSync(join(folder, 'pid')))
    const pid = Number(readFileSync(join(folder, 'pid'), 'utf8'))
    expect(isAlive(pid)).toBe(true)
    parent.kill('SIGKILL')
    await once(parent, 'exit')
    await until(() => !isAlive(pid))
  })
})
