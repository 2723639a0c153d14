import { beforeEach, describe, expect, test } from 'vitest'
import { createMemoryBranch, type MemoryBranch } from '../../src/adapters/memory/memory-branch.ts'
import { cluster, config, fleet, helm, object, policy, run, type ClusterDouble } from './fleet-double.ts'

let branch: MemoryBranch
beforeEach(() => {
  branch = createMemoryBranch()
})

const app = helm('web/app', [object('ConfigMap web/app')])
const other = helm('web/other', [object('ConfigMap web/other')])
const prod = (...units: ClusterDouble['units']) => ({ cluster: cluster('fleet/prod'), units })
const dev = (...units: ClusterDouble['units']) => ({ cluster: cluster('fleet/dev'), units })

function files(): string[] {
  return [...branch.filesOf('rendered').keys()]
}

describe('brakes', () => {
  const many = (count: number) =>
    Array.from({ length: count }, (_, position) => object(`ConfigMap web/c${position}`))

  test('a cluster that is no longer planned stops the update, until exactly that is approved', async () => {
    await run(branch, fleet(prod(app), dev(app)))
    const first = await run(branch, fleet(dev(app)))
    if (first.outcome.status !== 'braked') throw new Error(first.outcome.status)
    const { digest } = first.outcome.brake
    expect(first.diagnostics).toMatchObject([
      {
        code: 'branch/brake',
        message: 'the update would delete cluster fleet/prod with 1 object',
        hint: `If that is meant, approve the tree that is left: --allow-delete ${digest}`,
      },
    ])
    expect((await run(branch, fleet(), { allowDelete: [digest] })).outcome.status).toBe('braked')
    expect((await run(branch, fleet(dev(app)), { allowDelete: [digest] })).outcome.status).toBe('written')
    expect(files().filter((path) => path.includes('fleet/prod'))).toEqual([])
    expect(branch.history('rendered')[0]?.message).toContain(`\nAllow-Delete: ${digest}\n`)
  })

  test('an approval holds for another commit and other facts that leave the same tree, and for no other', async () => {
    const facts = (version: string) => new Map([['.fleetwright/facts/fleet/dev.json', `"${version}"\n`]])
    await run(branch, fleet(prod(app), dev(app)), { files: facts('v1.33.0') })
    const digestOf = async (left: ClusterDouble['units'], options: Parameters<typeof run>[2] = {}) => {
      const { outcome } = await run(branch, fleet(dev(...left)), options)
      return outcome.status === 'braked' ? outcome.brake.digest : outcome.status
    }
    const digest = await digestOf([app], { files: facts('v1.33.0') })
    expect(digest).toMatch(/^[0-9a-f]{40}$/)
    expect(await digestOf([app], { files: facts('v1.34.0') })).toBe(digest)
    expect(await digestOf([app], { commit: 'b'.repeat(40), asOf: '2027-01-01T00:00:00Z' })).toBe(digest)
    const changed = helm('web/app', [object('ConfigMap web/app', { body: 'data: {}\n' })])
    expect(await digestOf([changed])).not.toBe(digest)
    expect(await digestOf([app, other])).not.toBe(digest)
    expect(await digestOf([changed], { allowDelete: [digest] })).not.toBe('written')
    const approved = { files: facts('v1.34.0'), commit: 'c'.repeat(40), allowDelete: [digest] }
    expect(await digestOf([app], approved)).toBe('written')
  })

  test('an approval is void where another delivery object would be left', async () => {
    await run(branch, fleet(prod(app), dev(app)))
    const first = await run(branch, fleet(dev(app)))
    const elsewhere = config({ source: { name: 'elsewhere' } })
    const second = await run(branch, fleet(dev(app)), { config: elsewhere })
    if (first.outcome.status !== 'braked' || second.outcome.status !== 'braked') throw new Error('not braked')
    expect(second.outcome.brake.digest).not.toBe(first.outcome.brake.digest)
  })

  test.each([
    [
      'apiextensions.k8s.io/v1 CustomResourceDefinition x.example.org',
      'CustomResourceDefinition x.example.org',
    ],
    ['Namespace web', 'Namespace web'],
    ['PersistentVolumeClaim web/data', 'PersistentVolumeClaim web/data'],
  ])('%s is not deleted unasked', async (what, named) => {
    const filled = (...more: ReturnType<typeof object>[]) =>
      policy('a', [...many(40), ...more], { createNamespaces: false })
    await run(branch, fleet(prod(filled(object(what)))), {})
    const { outcome, diagnostics } = await run(branch, fleet(prod(filled())))
    expect(outcome.status).toBe('braked')
    expect(diagnostics.map(({ message }) => message)).toEqual([
      `the update would delete ${named} of fleet/prod`,
    ])
  })

  test.each([
    ['five objects of a small cluster', 6, 1, 'written'],
    ['six objects of a small cluster', 7, 1, 'braked'],
    ['a tenth of a large cluster', 100, 90, 'written'],
    ['more than a tenth of a large cluster', 100, 89, 'braked'],
  ])('deleting %s is held against the share that may go unasked', async (_, before, after, status) => {
    await run(branch, fleet(prod(policy('a', many(before)))))
    expect((await run(branch, fleet(prod(policy('a', many(after)))))).outcome.status).toBe(status)
  })

  test('an object that moves to another unit is not deleted', async () => {
    await run(branch, fleet(prod(policy('a', many(30)))))
    expect((await run(branch, fleet(prod(policy('b', many(30)))))).outcome.status).toBe('written')
  })

  test('what is left behind in the cluster is not deleted', async () => {
    await run(branch, fleet(prod(app, policy('a', many(30), { leaveOnRemoval: true }))))
    expect((await run(branch, fleet(prod(app)))).outcome.status).toBe('written')
  })

  test('a delivery object that goes takes its objects along, so that leaving Flux is not done unasked', async () => {
    const argocd = { repoURL: 'https://git.example/x.git', namespace: 'argocd', project: 'default' }
    await run(branch, fleet(prod(app)))
    const { outcome, diagnostics } = await run(branch, fleet(prod(app)), {
      config: config({ delivery: ['argocd'], argocd }),
    })
    expect(outcome.status).toBe('braked')
    expect(diagnostics.map(({ message }) => message)).toEqual([
      'the update would delete Kustomization fleet/prod.helm-web-app (which applies 1 object) of fleet/prod',
    ])
    const both = config({ delivery: ['flux', 'argocd'], argocd })
    expect((await run(branch, fleet(prod(app)), { config: both })).outcome.status).toBe('written')
  })
})
