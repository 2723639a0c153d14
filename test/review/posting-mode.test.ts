import { expect, test } from 'vitest'
import { planPosting } from '../../src/review/posting-mode.ts'

const now = Date.UTC(2026, 0, 2, 3, 4, 5)
const resetsAt = now + 1_800_000
const budget = { remaining: 4000, limit: 5000, resetsAt }

test('with requests enough, or where nothing limits them, everything is posted', () => {
  expect(planPosting(undefined, now)).toEqual({ type: 'full' })
  expect(planPosting(budget, now)).toEqual({ type: 'full' })
  expect(planPosting({ ...budget, remaining: 500 }, now)).toEqual({ type: 'full' })
})

test('below a tenth of the hour, checks alone are posted until the hour is over', () => {
  const low = { ...budget, remaining: 499 }
  expect(planPosting(low, now)).toEqual({ type: 'checks-only', untilMs: resetsAt })
  expect(planPosting(low, resetsAt)).toEqual({ type: 'full' })
})

test('after too many requests at once, checks alone are posted for two minutes', () => {
  const limited = { ...budget, limitedAt: now - 60_000 }
  expect(planPosting(limited, now)).toEqual({ type: 'checks-only', untilMs: now + 60_000 })
  expect(planPosting(limited, now + 60_000)).toEqual({ type: 'full' })
})

test('where the host asks to be left alone for a while, it is twice that long, within bounds', () => {
  const after = (limitedForMs: number) => planPosting({ ...budget, limitedAt: now, limitedForMs }, now)
  expect(after(1000)).toEqual({ type: 'checks-only', untilMs: now + 10_000 })
  expect(after(20_000)).toEqual({ type: 'checks-only', untilMs: now + 40_000 })
  expect(after(60_000)).toEqual({ type: 'checks-only', untilMs: now + 120_000 })
  expect(after(600_000)).toEqual({ type: 'checks-only', untilMs: now + 120_000 })
})

test('of two reasons, the one that lasts longer counts', () => {
  const both = { remaining: 0, limit: 5000, resetsAt: now + 10_000, limitedAt: now }
  expect(planPosting(both, now)).toEqual({ type: 'checks-only', untilMs: now + 120_000 })
})
