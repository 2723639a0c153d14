import fc from 'fast-check'
import { describe, expect, test } from 'vitest'
import type { OwnIssue } from '../../src/review/issues-port.ts'
import { planStaleIssues, staleMarker, type StaleSituation } from '../../src/review/plan-stale-issues.ts'

const now = Date.parse('2026-11-20T12:00:00Z')
const hour = 3_600_000
const silent = { id: 'prod/eu', answeredAt: '2026-11-20T08:15:30.123Z' }
const fresh = { id: 'prod/us', answeredAt: '2026-11-20T11:30:00Z' }
const body = `<!-- fleetwright-silent-cluster "prod/eu" -->
The cluster \`prod/eu\` answered last at 2026-11-20 08:15:30 UTC. What is known of it is older than \`facts.maxAge\` allows.

What is rendered for it stays as it is, and so does what depends on it in other clusters. Nothing is deleted.

- Is its API server up, and can it be reached from where fleetwright runs?
- Are its credentials still valid?
- If it is gone for good, remove it from the fleet.

This issue is closed when it answers again.`
const issue: OwnIssue = { number: 7, title: 'Cluster prod/eu does not answer', body }

function plan(more: Partial<StaleSituation> = {}) {
  return planStaleIssues({
    clusters: [silent, fresh],
    limitMs: hour,
    standing: [],
    told: new Map(),
    now,
    ...more,
  })
}

describe('a cluster that does not answer', () => {
  test('gets an issue', () => {
    expect(plan()).toEqual([
      {
        ...{ type: 'open', title: 'Cluster prod/eu does not answer', body },
        ...{ cluster: 'prod/eu', answeredAt: '2026-11-20T08:15:30.123Z' },
      },
    ])
    expect(body.startsWith(staleMarker)).toBe(true)
  })

  test('gets it once its facts are older than the limit, and not before', () => {
    const at = { id: 'a/b', answeredAt: '2026-11-20T11:00:00Z' }
    expect(plan({ clusters: [at] })).toEqual([])
    expect(plan({ clusters: [at], now: now + 1 })).toHaveLength(1)
  })

  test('has its issue left alone, however old it grows and whatever somebody wrote below the first line', () => {
    expect(plan({ standing: [issue], now: now + 1000 * hour })).toMatchObject([
      { type: 'open', cluster: 'prod/us' },
    ])
    expect(plan({ standing: [{ ...issue, title: 'x', body: `${body.split('\n', 1)[0]}\r\nmine` }] })).toEqual(
      [],
    )
  })

  test('whose issue somebody closed gets no other until it answered in between', () => {
    const told = new Map([['prod/eu', silent.answeredAt]])
    expect(plan({ told })).toEqual([])
    expect(plan({ told: new Map([['prod/eu', '2026-11-19T00:00:00Z']]) })).toHaveLength(1)
  })

  test('with two issues keeps the one with the lower number', () => {
    expect(plan({ standing: [{ ...issue, number: 9 }, issue] })).toEqual([
      { type: 'close', number: 9, why: '#7 says the same.' },
    ])
  })

  test('and never did is new, and compiling tells of it', () => {
    expect(plan({ clusters: [{ id: 'a/b' }] })).toEqual([])
  })
})

describe('an issue is closed', () => {
  test('when the cluster answers again', () => {
    const clusters = [{ ...silent, answeredAt: '2026-11-20T11:59:00Z' }]
    expect(plan({ clusters, standing: [issue] })).toEqual([
      { type: 'close', number: 7, why: 'It answers again.' },
    ])
  })

  test('when the cluster is gone', () => {
    expect(plan({ clusters: [fresh], standing: [issue] })).toEqual([
      { type: 'close', number: 7, why: 'This cluster is no more part of the fleet.' },
    ])
  })
})

test('the next round has nothing to do', () => {
  const id = fc.constantFrom('a/a', 'a/b', 'a/c')
  const answeredAt = fc.constantFrom('2026-11-20T11:59:00Z', '2026-11-20T01:00:00Z')
  const clusters = fc.uniqueArray(fc.record({ id, answeredAt }, { requiredKeys: ['id'] }), {
    selector: (each) => each.id,
  })
  const issues = fc.uniqueArray(
    fc.record({
      number: fc.integer({ min: 1, max: 9 }),
      title: fc.constantFrom('x', 'y'),
      body: id.map((of) => `${staleMarker}"${of}" -->`),
    }),
    { selector: ({ number }) => number },
  )
  fc.assert(
    fc.property(clusters, issues, (all, before) => {
      const told = new Map<string, string>()
      const standing: OwnIssue[] = [...before]
      for (const effect of plan({ clusters: all, standing: before, told })) {
        if (effect.type === 'close')
          standing.splice(
            standing.findIndex(({ number }) => number === effect.number),
            1,
          )
        else {
          standing.push({ number: 10 + standing.length, title: effect.title, body: effect.body })
          told.set(effect.cluster, effect.answeredAt)
        }
      }
      expect(plan({ clusters: all, standing, told })).toEqual([])
    }),
  )
})
