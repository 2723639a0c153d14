import { join } from 'node:path'
import { mkdirSync } from 'node:fs'
import { describe, expect, test } from 'vitest'
import { EnvironmentError } from '../../src/diagnostics/errors.ts'
import { commitFiles, git, runCommand, shareEngine, temporaryFolder } from './run-command.ts'

/** The fleet of `fleetwright init`, committed. */
async function initFleet(files: Readonly<Record<string, string>> = {}): Promise<string> {
  const folder = join(temporaryFolder(), 'fleet')
  mkdirSync(folder)
  await runCommand(folder, ['init'])
  commitFiles(folder, files)
  return folder
}

const broken = new EnvironmentError({
  adapter: 'engine',
  operation: 'start the engine',
  message: 'the engine is damaged',
  retryable: false,
})

/** Takes longer than to open the repository. */
async function somethingElse(folder: string): Promise<void> {
  await runCommand(folder, ['validate', '--worktree'])
}

describe('the engine starts while git is asked, and', () => {
  test.each(['at once', 'late'])(
    'when it cannot be started, which it says %s, the run says why',
    async (when) => {
      const folder = await initFleet()
      const startEngine = async () => {
        if (when === 'late') await somethingElse(folder)
        throw broken
      }
      const { exitCode, stderr } = await runCommand(folder, ['compile'], { startEngine })
      expect(exitCode).toBe(3)
      expect(stderr).toContain('environment[engine]: the engine is damaged')
      expect(git(folder, 'branch', '--list', 'rendered')).toBe('')
    },
  )

  test('is closed when the repository cannot be read, however long it takes to start', async () => {
    const folder = await initFleet()
    let closed = 0
    const close = () => Promise.resolve(void closed++)
    const startEngine = async () => {
      const engine = await shareEngine(1)
      await somethingElse(folder)
      return { ...engine, close }
    }
    const result = await runCommand(folder, ['compile', '--again', '--commit', 'nowhere'], { startEngine })
    expect(result.exitCode).toBe(3)
    expect(result.stderr).toContain('has no commit `nowhere`')
    expect(closed).toBe(1)
  })

  test('says nothing of itself when the repository cannot be read either', async () => {
    const folder = await initFleet()
    const startEngine = async () => {
      await somethingElse(folder)
      throw broken
    }
    const result = await runCommand(folder, ['validate', '--commit', 'nowhere'], { startEngine })
    expect(result.exitCode).toBe(3)
    expect(result.stderr).toContain('has no commit `nowhere`')
  })
})

describe('the branch is read ahead, and', () => {
  test('a branch that only the engine finds in the configuration is the one that is written', async () => {
    const config = 'spec:\n  rendered:\n    <<: { branch: elsewhere }\n'
    const folder = await initFleet({
      'fleetwright.yaml': `apiVersion: fleetwright.dev/v1alpha1\nkind: FleetConfig\n${config}`,
    })
    const first = await runCommand(folder, ['compile'])
    expect(first.stdout).toContain('elsewhere is now at')
    expect(git(folder, 'for-each-ref', '--format=%(refname)', 'refs/heads')).toBe(
      'refs/heads/elsewhere\nrefs/heads/main\n',
    )
    const second = await runCommand(folder, ['compile', '--again'])
    expect(second.stdout).toContain('elsewhere is up to date')
  })

  test('what is wrong with it is said once', async () => {
    const folder = await initFleet()
    await runCommand(folder, ['compile'])
    git(folder, 'update-ref', 'refs/heads/rendered', 'main')
    const { exitCode, stderr } = await runCommand(folder, ['compile'])
    expect(exitCode).toBe(1)
    expect(stderr.match(/error\[branch\/foreign\]/g)).toHaveLength(1)
  })
})
