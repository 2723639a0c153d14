import { describe, expect, test } from 'vitest'
import { compileWork } from '../../../src/app/work/compile-work.ts'
import { initFiles } from '../../../src/cli/init-files.ts'
import { planWork } from '../../../src/review/plan-work.ts'
import type { CompileWork } from '../../../src/review/types.ts'
import { changedHello, createWorkRig, type WorkRig } from './work-rig.ts'

const path = 'clusters/fleet/staging/helm-hello-hello/somebody-was-here.yaml'

/** The rig with a fleet that is compiled, and what follows from a push to the rendered branch. */
async function createCompiled() {
  const rig = await createWorkRig()
  const source = rig.state.commit('main', initFiles)
  const work: CompileWork = { type: 'compile', repository: rig.repository, branch: 'main' }
  await rig.run(compileWork, work)
  return {
    ...{ rig, source, work },
    /** Somebody pushes; the work that the webhook asks for is done. */
    rewrite: async (by: string, text: string): Promise<string> => {
      const commit = rig.state.commit('rendered', { [path]: text }, by)
      const { works } = planWork(
        {
          ...{ type: 'push', repository: rig.repository, branch: 'rendered', head: commit },
          ...{ defaultBranch: 'main', isDeleted: false, sender: by },
        },
        { app: rig.app.id, login: 'fleetwright[bot]', renderedBranch: 'rendered' },
      )
      expect(works).toEqual([work])
      await rig.run(compileWork, work)
      return commit
    },
  }
}

function tip({ state }: WorkRig): string | undefined {
  return state.branches().get('rendered')
}

function contentOf({ state }: WorkRig): string {
  return state.git().git('ls-tree', 'refs/heads/rendered', 'clusters', 'local', 'delivery')
}

/** The newest of the commit. */
function checkOf({ state }: WorkRig, commit: string) {
  return state.checkRuns.findLast(({ headSha }) => headSha === commit)
}

describe('a push of somebody else to the rendered branch', { timeout: 120_000 }, () => {
  test('→ what the source renders stands there again, and the check says what was changed', async () => {
    const { rig, source, rewrite } = await createCompiled()
    const before = contentOf(rig)
    const theirs = await rewrite('ada', 'kind: Mistake\n')
    expect(contentOf(rig)).toBe(before)
    expect(rig.state.git().git('rev-parse', 'refs/heads/rendered^')).toBe(theirs)
    const check = checkOf(rig, source)
    expect(check).toMatchObject({ conclusion: 'success' })
    expect(check?.output.summary).toContain('`branch/tampered`')
  })

  test('again and again → it is left as it is after three times, which is said once, until the source moves', async () => {
    const { rig, source, work, rewrite } = await createCompiled()
    for (const count of [1, 2, 3]) {
      const theirs = await rewrite('meddler', `kind: Meddling # ${count}\n`)
      expect(tip(rig)).not.toBe(theirs)
    }
    const fourth = await rewrite('meddler', 'kind: Meddling # 4\n')
    expect(tip(rig)).toBe(fourth)
    const check = checkOf(rig, source)
    expect(check).toMatchObject({
      conclusion: 'failure',
      output: { title: 'rendered is left as it is: somebody else rewrites it' },
      actions: [{ identifier: 'compile' }],
    })
    expect(check?.output.summary).toContain(`\`${fourth.slice(0, 12)}\` by \`Test\``)
    expect(check?.output.summary).toContain('let a ruleset allow this app alone to push to `rendered`')

    const written = rig.double.requests.filter(({ method }) => method !== 'GET').length
    const fifth = await rewrite('meddler', 'kind: Meddling # 5\n')
    expect(tip(rig)).toBe(fifth)
    expect(rig.double.requests.filter(({ method }) => method !== 'GET')).toHaveLength(written)

    const next = rig.state.commit('main', changedHello())
    await rig.run(compileWork, work)
    expect(tip(rig)).not.toBe(fifth)
    expect(checkOf(rig, next)).toMatchObject({ conclusion: 'success' })
  })

  test('that was left as it is, and is taken back → the check says that all is well, and then that it is not', async () => {
    const { rig, source, work, rewrite } = await createCompiled()
    for (const count of [1, 2, 3]) await rewrite('meddler', `kind: Meddling # ${count}\n`)
    const ours = tip(rig) ?? ''
    await rewrite('meddler', 'kind: Meddling # 4\n')
    expect(checkOf(rig, source)).toMatchObject({ conclusion: 'failure' })
    rig.state.git().git('update-ref', 'refs/heads/rendered', ours)
    await rig.run(compileWork, work)
    expect(checkOf(rig, source)).toMatchObject({ conclusion: 'success' })
    await rewrite('meddler', 'kind: Meddling # 5\n')
    expect(checkOf(rig, source)).toMatchObject({ conclusion: 'failure' })
  })

  test('that was left as it is → is written again for whoever asks for it', async () => {
    const { rig, source, work, rewrite } = await createCompiled()
    const before = contentOf(rig)
    for (const count of [1, 2, 3, 4]) await rewrite('meddler', `kind: Meddling # ${count}\n`)
    expect(contentOf(rig)).not.toBe(before)
    await rig.run(compileWork, { ...work, again: true })
    expect(contentOf(rig)).toBe(before)
    expect(checkOf(rig, source)).toMatchObject({ conclusion: 'success' })
  })
})
