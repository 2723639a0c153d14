import { describe, expect, test } from 'vitest'
import type { OwnIssue } from '../../src/review/issues-port.ts'
import {
  planFleetIssues,
  type FleetIssuesSituation,
  type WantedIssue,
} from '../../src/review/plan-fleet-issues.ts'

const blue: WantedIssue = { subject: 'facts fleet/blue', title: 'Blue', body: 'It is wrong.\n' }
const marked = '<!-- fleetwright-fleet "facts fleet/blue" -->\nIt is wrong.\n'

function plan(situation: Partial<FleetIssuesSituation> = {}) {
  return planFleetIssues({ wanted: [blue], standing: [], told: new Map(), ...situation })
}

function standing(number: number, more: Partial<OwnIssue> = {}): OwnIssue {
  return { number, title: 'Blue', body: marked, ...more }
}

describe('what stands in the way of the fleet', () => {
  test('gets an issue, which is left alone as long as it says the same', () => {
    expect(plan().effects).toEqual([{ type: 'open', title: 'Blue', body: marked }])
    const given = standing(7, { body: marked.replaceAll('\n', '\r\n').trimEnd() })
    expect(plan({ standing: [given] }).effects).toEqual([])
  })

  test('says something else → its issue does', () => {
    expect(plan({ standing: [standing(7, { body: marked.replace('wrong', 'worse') })] }).effects).toEqual([
      { type: 'update', number: 7, title: 'Blue', body: marked },
    ])
  })

  test('is over → its issue is closed, and what was told of it is forgotten', () => {
    const over = plan({ wanted: [], standing: [standing(7)], told: plan().told })
    expect(over.effects).toEqual([{ type: 'close', number: 7, why: 'This is over.' }])
    expect(over.told.size).toBe(0)
  })

  test('has two issues → the younger one is closed', () => {
    expect(plan({ standing: [standing(8), standing(7)] }).effects).toEqual([
      { type: 'close', number: 8, why: '#7 says the same.' },
    ])
  })

  test('and whose issue somebody closed → is told of again when it says something else', () => {
    const { told } = plan()
    expect(plan({ told }).effects).toEqual([])
    const other = { ...blue, body: 'It is worse.\n' }
    expect(plan({ wanted: [other], told }).effects).toMatchObject([{ type: 'open', title: 'Blue' }])
  })
})
