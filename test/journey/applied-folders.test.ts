import { expect, test } from 'vitest'
import type { BranchView, ClusterRecord } from '../../src/branch/types.ts'
import type { Diagnostic } from '../../src/diagnostics/types.ts'
import type { Deliverer } from '../../src/live/types.ts'
import { appliedFolders } from '../../src/live-delivery.ts'

const [tip, older, lost] = ['a', 'b', 'c'].map((digit) => digit.repeat(40)) as [string, string, string]

/** Units `one`, `two` and `three`, whose folders are the trees 1, 2 and 3 now. */
const units = { one: '1', two: '2', three: '3' }
const record = {
  units: Object.fromEntries(
    Object.entries(units).map(([name, tree]) => [
      name,
      { local: false, parts: [{ name: 'main', tree, objects: 1 }] },
    ]),
  ),
  delivery: Object.fromEntries(
    Object.keys(units).map((key) => [`delivery/${key}.yaml`, { key, object: `Kustomization fleet/${key}` }]),
  ),
} as unknown as ClusterRecord
const folders = new Map(Object.entries(units).map(([name, tree]) => [`clusters/fleet/prod/${name}`, tree]))
const view = { previous: { state: { branch: 'rendered', commit: tip, folders } } } as unknown as BranchView

const delivered = (unit: string, commit: string): Deliverer => ({
  ...{
    engine: 'flux',
    object: `Kustomization fleet/${unit}`,
    name: unit,
    cluster: 'fleet/prod',
    unit,
    profile: '',
  },
  ...{ isLocal: false, commits: [commit], prunes: true, takesAlong: true, owns: [] },
})

async function appliedOf(...deliverers: readonly Deliverer[]) {
  const diagnostics: Diagnostic[] = []
  const past = new Map(
    Object.keys(units).map((name) => [`clusters/fleet/prod/${name}`, name === 'two' ? '2' : '9']),
  )
  const revisions = { idsAt: (commit: string) => Promise.resolve(commit === older ? past : undefined) }
  const applied = await appliedFolders(
    { view, deliverers, revisions },
    new Map([['fleet/prod', record]]),
    (one) => diagnostics.push(one),
  )
  return { applied: [...applied].sort(), diagnostics }
}

test('a folder that an older commit had alike was applied as it is, one that it had otherwise was not', async () => {
  const { applied, diagnostics } = await appliedOf(
    delivered('one', tip),
    delivered('two', older),
    delivered('three', older),
  )
  expect(applied).toEqual(['fleet/prod one', 'fleet/prod two'])
  expect(diagnostics).toEqual([])
})

test('a commit that is not at hand says nothing, and that is said', async () => {
  const { applied, diagnostics } = await appliedOf(delivered('one', lost), delivered('two', lost))
  expect(applied).toEqual([])
  expect(diagnostics.map(({ code, message }) => `${code}: ${message}`)).toEqual([
    'live/revision-unknown: cccccccccccc, which was delivered to fleet/prod, is not in this clone: what differs there counts as pending',
  ])
})
