import { describe, expect, test } from 'vitest'
import { compileWork } from '../../../src/app/work/compile-work.ts'
import { initFiles } from '../../../src/cli/init-files.ts'
import { createWorkRig, repository } from './work-rig.ts'

const timeout = 60_000
const compile = { type: 'compile', repository, branch: 'main' } as const

describe('a push to the source branch', { timeout }, () => {
  test('→ the rendered branch has the commit, and the check says so; the same push again does nothing', async () => {
    const { double, state, run, calls } = await createWorkRig()
    const source = state.commit('main', initFiles)
    await run(compileWork, compile)
    const rendered = state.git().git('rev-parse', 'refs/heads/rendered')
    expect(state.git().git('rev-list', '--count', rendered)).toBe('1')
    expect(state.git().git('show', `${rendered}:.fleetwright/build.json`)).toContain(source)
    expect(state.checkRuns).toMatchObject([
      {
        ...{ name: 'fleetwright compile', headSha: source, conclusion: 'success' },
        output: { title: 'rendered is written: 2 of 2 clusters rendered anew' },
        actions: [{ label: 'Compile again', identifier: 'compile' }],
      },
    ])
    expect(state.checkRuns[0]?.output.summary).toContain(
      `[\`${rendered.slice(0, 12)}\`](${double.url}/fleet/demo/commit/${rendered})`,
    )
    const before = double.requests.length
    await run(compileWork, compile)
    expect(calls.map(({ command }) => command)).toEqual(['show config', 'compile'])
    expect(double.requests.slice(before)).toEqual([])
  })
})
