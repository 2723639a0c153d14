import { describe, expect, test } from 'vitest'
import { fleetWork } from '../../../src/app/work/fleet-work.ts'
import { ReviewerError } from '../../../src/report/reviewer-port.ts'
import { declinedKey, formatNote, readProposalMarker } from '../../../src/review/review.ts'
import { createToldRig, versions, type ToldRig } from './fleet-rig.ts'

const timeout = 240_000
const branch = 'fleetwright/fleet/fleet/blue'

function chartOf(cluster: string): string {
  return `clusters/fleet/${cluster}/helm-policy-policy-agent/configmap-policy-policy-agent.yaml`
}

function fleet({ run, repository }: ToldRig): Promise<void> {
  return run(fleetWork, { type: 'fleet', repository })
}

function tip({ state }: ToldRig, of: string): string | undefined {
  return state.branches().get(of)
}

describe('a cluster that serves another version', { timeout }, () => {
  test('→ one pull request for it; a second change updates it; nothing new does nothing; the reason gone closes it', async () => {
    const rig = await createToldRig()
    const { state, open, observe } = rig
    const rendered = tip(rig, 'rendered')
    await observe({ ...versions, blue: 'v1.25.16' })
    await fleet(rig)
    const [pull] = open()
    expect(open()).toMatchObject([{ headBranch: branch, baseBranch: 'rendered' }])
    expect(pull?.title).toBe('blue serves 1.25: policy-agent 3.9.0 → 3.10.0')
    expect(pull?.body).toContain('### Why')
    expect(pull?.body).toMatch(
      /`fleet\/blue`: the cluster serves Kubernetes .*v1\.25\.16.* → .*3\.9\.0.* → .*3\.10\.0/,
    )
    expect(pull?.body).not.toContain('/tmp/')
    expect(rig.file(branch, chartOf('blue'))).toContain('chart: 3.10.0')
    expect(tip(rig, 'rendered')).toBe(rendered)

    const [pushed, calls] = [tip(rig, branch), rig.calls.length]
    const body = pull?.body
    await fleet(rig)
    expect([tip(rig, branch), open()[0]?.body]).toEqual([pushed, body])
    expect(rig.calls.slice(calls).map(({ command }) => command)).toEqual(['compile', 'compile'])

    await observe({ ...versions, blue: 'v1.26.15' })
    await fleet(rig)
    expect(open()).toMatchObject([
      { number: pull?.number, title: 'blue serves 1.26: policy-agent 3.9.0 → 3.11.0' },
    ])
    expect(rig.file(branch, chartOf('blue'))).toContain('chart: 3.11.0')

    await observe(versions)
    await fleet(rig)
    expect(open()).toEqual([])
    expect(state.branches().has(branch)).toBe(false)
    expect(state.comments.at(-1)?.body).toContain('The reason for this is gone')
  })

  test('beside another → one pull request for each, and merging one leaves the other', async () => {
    const rig = await createToldRig()
    await rig.observe({ blue: 'v1.25.16', green: 'v1.26.15' })
    await fleet(rig)
    expect(rig.open().map(({ headBranch }) => headBranch)).toEqual([branch, 'fleetwright/fleet/fleet/green'])
    expect(rig.file(branch, chartOf('green'))).toContain('chart: 3.10.0')
    const [blue, green] = rig.open()
    await rig.merge(blue)
    await rig.work()
    expect(rig.open()).toMatchObject([{ number: green?.number }])
    expect(rig.state.branches().has(branch)).toBe(false)
    const parent = rig.state.git().git('rev-parse', 'fleetwright/fleet/fleet/green^')
    expect(parent).toBe(tip(rig, 'rendered'))
    expect(rig.file('fleetwright/fleet/fleet/green', chartOf('blue'))).toContain('chart: 3.10.0')
  })

  test('from which nothing follows → is recorded on the rendered branch, and nobody is asked', async () => {
    const rig = await createToldRig()
    const before = tip(rig, 'rendered') ?? ''
    const path = '.fleetwright/facts/fleet/blue.json'
    const facts = { asked: [], labels: {}, objects: [], ready: true, resources: [], version: versions.blue }
    await rig.observe(versions, { files: { [path]: `${JSON.stringify(facts)}\n` } })
    await fleet(rig)
    expect(rig.state.pullRequests).toEqual([])
    expect(rig.state.git().git('rev-parse', 'rendered^')).toBe(before)
    const written = rig.state.git().git('diff', '--name-only', before, 'rendered').split('\n')
    expect(written).toContain(path)
    expect(written.filter((one) => !one.startsWith('.fleetwright/'))).toEqual([])
    expect(rig.file('rendered', path)).toContain('"ready":true')
  })

  test('killed between the push and the pull request → done again, there is one pull request', async () => {
    let isFirst = true
    const rig = await createToldRig(
      {},
      {
        ports: ({ github }) => ({
          github: (repository) => {
            const ports = github(repository)
            const { proposals } = ports
            return {
              ...ports,
              proposals: {
                ...proposals,
                open: (proposal) => {
                  if (!isFirst) return proposals.open(proposal)
                  isFirst = false
                  const details = { operation: 'open', message: 'the process was killed' }
                  return Promise.reject(new ReviewerError('unavailable', details))
                },
              },
            }
          },
        }),
      },
    )
    await rig.observe({ ...versions, blue: 'v1.25.16' })
    await expect(fleet(rig)).rejects.toBeInstanceOf(ReviewerError)
    const pushed = tip(rig, branch)
    expect([pushed !== undefined, rig.open().length]).toEqual([true, 0])
    await fleet(rig)
    expect(rig.open()).toHaveLength(1)
    expect(tip(rig, branch)).toBe(pushed)
  })

  test('whose pull request somebody closed → stays closed until there is something else to say', async () => {
    const rig = await createToldRig()
    await rig.observe({ ...versions, blue: 'v1.25.16' })
    await fleet(rig)
    const [pull] = rig.open()
    rig.state.as('ada').close(pull?.number ?? 0)
    const digest = readProposalMarker(pull?.body ?? '') ?? ''
    const note = formatNote({ digest, since: '2026-01-02T03:04:05Z' })
    await rig.ports.state.put(new Map([[declinedKey(rig.repository, branch), note]]))
    await fleet(rig)
    expect([rig.open(), rig.state.branches().has(branch)]).toEqual([[], false])
    await rig.observe({ ...versions, blue: 'v1.26.15' })
    await fleet(rig)
    expect(rig.open()).toMatchObject([{ headBranch: branch }])
    expect(rig.open()[0]?.number).not.toBe(pull?.number)
  })

  test('whose pull request somebody closed → is another change when it comes back after it was gone', async () => {
    const rig = await createToldRig()
    const { state } = rig.ports
    const key = declinedKey(rig.repository, branch)
    const upgraded = { ...versions, blue: 'v1.25.16' }
    await rig.observe(upgraded)
    await fleet(rig)
    const [pull] = rig.open()
    rig.state.as('ada').close(pull?.number ?? 0)
    const digest = readProposalMarker(pull?.body ?? '') ?? ''
    await state.put(new Map([[key, formatNote({ digest, since: '2026-01-02T03:04:05Z' })]]))
    await fleet(rig)
    expect([rig.open(), await state.get(key)]).toEqual([[], expect.any(String)])
    await rig.observe(versions)
    await fleet(rig)
    expect(await state.get(key)).toBeUndefined()
    await rig.observe(upgraded)
    await fleet(rig)
    expect(rig.open()).toMatchObject([{ headBranch: branch, title: pull?.title }])
  })
})

describe('where changes of the fleet are committed', { timeout }, () => {
  test('→ the rendered branch is written, and nobody is asked', async () => {
    const rig = await createToldRig({ more: '  app: { onFleetChange: commit }\n' })
    const before = tip(rig, 'rendered') ?? ''
    await rig.observe({ blue: 'v1.25.16', green: 'v1.26.15' })
    await fleet(rig)
    expect(rig.state.pullRequests).toEqual([])
    expect(rig.state.git().git('rev-parse', 'rendered^')).toBe(before)
    expect(rig.file('rendered', chartOf('blue'))).toContain('chart: 3.10.0')
    expect(rig.file('rendered', chartOf('green'))).toContain('chart: 3.11.0')
    const after = tip(rig, 'rendered')
    await fleet(rig)
    expect(tip(rig, 'rendered')).toBe(after)
  })

  test('more would be deleted than may be → a pull request asks for it', async () => {
    const rig = await createToldRig({
      more: '  app: { onFleetChange: commit }\n  brakes: { protect: [ConfigMap] }\n',
    })
    const before = tip(rig, 'rendered')
    // No classifier is for that version.
    await rig.observe({ ...versions, blue: 'v1.20.0' })
    await fleet(rig)
    expect(rig.open()).toMatchObject([{ headBranch: branch, title: 'blue serves 1.20: loses policy-agent' }])
    expect(rig.open()[0]?.body).toContain('Whoever merges this approves it.')
    expect(tip(rig, 'rendered')).toBe(before)
  })
})

describe('a cluster that does not answer', { timeout }, () => {
  test('→ one issue after the limit, which is closed when it answers again', async () => {
    const rig = await createToldRig()
    const { state, observe } = rig
    const day = 24 * 3_600_000
    await observe(versions, { at: Date.now() - day / 2 })
    await fleet(rig)
    expect(state.issues).toEqual([])
    await observe(versions, { at: Date.now() - 2 * day })
    await fleet(rig)
    await fleet(rig)
    expect(state.issues.map(({ title, state: is }) => [title, is])).toEqual([
      ['Cluster fleet/blue does not answer', 'open'],
      ['Cluster fleet/green does not answer', 'open'],
    ])
    await observe(versions)
    await fleet(rig)
    expect(state.issues.map((issue) => issue.state)).toEqual(['closed', 'closed'])
  })
})

describe('nothing is concluded', { timeout }, () => {
  test('from nothing: before anybody observed, or when what was observed is lost', async () => {
    const rig = await createToldRig()
    const calls = rig.calls.length
    await fleet(rig)
    expect(rig.calls).toHaveLength(calls)
    expect([rig.open(), rig.state.issues]).toEqual([[], []])
  })
})
