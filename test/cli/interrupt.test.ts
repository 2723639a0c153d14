import { spawn } from 'node:child_process'
import { once } from 'node:events'
import { mkdirSync, readdirSync } from 'node:fs'
import { join, resolve } from 'node:path'
import { expect, test } from 'vitest'
import { commitFiles, git, gitEnvironment, runCommand, temporaryFolder } from './run-command.ts'

/** Takes far longer than the test: a run that is interrupted is always in the middle of it. */
const endless = '{{ range until 100000 }}{{ range until 100000 }}{{ end }}{{ end }}\n'

test.each(['SIGINT', 'SIGTERM'] as const)(
  '%s ends a compile with 130 and leaves neither temporary folders nor half a branch',
  async (signal) => {
    const folder = join(temporaryFolder(), 'fleet')
    const temporary = join(folder, '../temporary')
    mkdirSync(folder)
    mkdirSync(temporary)
    await runCommand(folder, ['init'])
    commitFiles(folder, { 'charts/hello/templates/endless.yaml': endless })

    const main = resolve(import.meta.dirname, '../../src/cli/main.ts')
    const child = spawn(process.execPath, [main, 'compile'], {
      cwd: folder,
      // In a log, the first line of progress says that rendering has begun.
      env: { ...gitEnvironment(), CI: '1', TMPDIR: temporary, XDG_CACHE_HOME: join(folder, '../cache') },
      stdio: ['ignore', 'ignore', 'pipe'],
    })
    await once(child.stderr, 'data')
    expect(readdirSync(temporary)).toHaveLength(1)
    child.kill(signal)
    const [exitCode] = (await once(child, 'exit')) as [number | null]

    expect(exitCode).toBe(130)
    expect(readdirSync(temporary)).toEqual([])
    expect(git(folder, 'branch', '--list', 'rendered')).toBe('')
    expect(git(folder, 'status', '--porcelain')).toBe('')
  },
)
