import { execFileSync } from 'node:child_process'
import { readFileSync } from 'node:fs'
import { join, resolve } from 'node:path'
import { expect, test } from 'vitest'
import { gitEnvironment, runCommand, temporaryFolder } from './cli/run-command.ts'

const readme = readFileSync(resolve(import.meta.dirname, '../README.md'), 'utf8')

interface Step {
  readonly line: string
  readonly output: string
}

/** Command lines of the `console` blocks, each with what the block shows after it. */
function stepsOf(text: string): Step[] {
  const blocks = [...text.matchAll(/^```console\n(.*?)^```$/gms)].map(([, block = '']) => block)
  return blocks.flatMap((block) =>
    block
      .split(/^\$ /m)
      .slice(1)
      .map((part) => {
        const end = part.indexOf('\n')
        return { line: part.slice(0, end), output: part.slice(end + 1) }
      }),
  )
}

/** Commits depend on the version of fleetwright. */
function withoutCommits(text: string): string {
  return text.replace(/\b[0-9a-f]{12}\b/g, '‹commit›')
}

test('the tour of the README is what happens', async () => {
  const steps = stepsOf(readme)
  expect(steps.length).toBeGreaterThan(6)
  let folder = temporaryFolder()
  for (const { line, output } of steps) {
    const [, command] = /^fleetwright (.*)$/.exec(line) ?? []
    if (command === undefined) {
      execFileSync('sh', ['-c', line], { cwd: folder, env: gitEnvironment(), stdio: 'pipe' })
      const [, entered] = /^cd (\S+)/.exec(line) ?? []
      if (entered !== undefined) folder = join(folder, entered)
      continue
    }
    const { stdout, stderr } = await runCommand(folder, command.split(' '))
    if (output.trim() !== '')
      expect(withoutCommits(stderr + stdout).trim()).toBe(withoutCommits(output).trim())
  }
})
