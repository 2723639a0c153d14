import { expect, test } from 'vitest'
import type { RequestBudget } from '../../../src/review/budget-port.ts'
import { createBudgetGauge } from '../../../src/adapters/github/github-ports.ts'
import { createAppScene } from '../../github/test-ports.ts'
import { useGitHubDouble } from '../../github/use-github-double.ts'

test('what is left of the budget is known after each answer, and told', async () => {
  const double = await useGitHubDouble()
  const { createPorts, installations, installation } = createAppScene(double)
  const told: RequestBudget[] = []
  const ports = createPorts({ budget: createBudgetGauge((budget) => told.push(budget)) })
  expect(ports.budget()).toBeUndefined()
  const token = await installations.token({
    ...{ installation: installation.id, owner: 'fleet', name: 'demo' },
  })
  double.limit(token, { limit: 5000, remaining: 400, resetsAt: 1_800_000_000 })
  await ports.host.describe()
  await ports.reviewer.findPullRequests({ number: 1 })
  expect(ports.budget()).toEqual({ limit: 5000, remaining: 398, resetsAt: 1_800_000_000_000 })
  expect(told.map(({ remaining }) => remaining)).toEqual([399, 398])
})

test('that too much was asked at once is known to all who share the budget', async () => {
  const double = await useGitHubDouble()
  const { createPorts } = createAppScene(double)
  const budget = createBudgetGauge()
  const [one, two] = [createPorts({ budget }), createPorts({ budget })]
  const began = double.world.time.now()
  double.next({ path: /demo$/ }, { type: 'secondary-limit', retryAfter: 30 })
  await one.host.describe()
  const { limitedAt = 0 } = two.budget() ?? {}
  expect(limitedAt).toBeGreaterThanOrEqual(began)
  expect(limitedAt).toBeLessThan(double.world.time.now())
})

test('a limit that says nothing of its length counts as well', async () => {
  const double = await useGitHubDouble()
  const { ports, sleeps } = createAppScene(double)
  double.next({ path: /demo$/ }, { type: 'secondary-limit' })
  await ports.host.describe()
  expect(ports.budget()?.limitedAt).toBeDefined()
  // A minute, less what has passed of it.
  expect(sleeps).toHaveLength(1)
  expect(sleeps[0]).toBeGreaterThan(50_000)
})
