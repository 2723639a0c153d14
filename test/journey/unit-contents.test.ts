import { expect, test } from 'vitest'
import type { ClusterRecord, RecordedUnit } from '../../src/branch/types.ts'
import { unitContents } from '../../src/unit-contents.ts'

const tree = (digit: string): string => digit.repeat(40)

function unit(more: Partial<RecordedUnit>): RecordedUnit {
  return {
    ...{ kind: 'helm', local: false, parts: [], ownNamespaces: {}, secrets: [] },
    ...more,
  } as unknown as RecordedUnit
}

function cluster(units: Record<string, RecordedUnit>): ClusterRecord {
  return { units } as unknown as ClusterRecord
}

const helm = unit({
  parts: [{ name: 'main', tree: tree('a'), objects: 3 }],
  ownNamespaces: { web: tree('1') },
})
const namespaces = unit({
  kind: 'namespaces',
  parts: [{ name: 'main', tree: tree('b'), objects: 2 }],
  ownNamespaces: { web: tree('1'), tools: tree('2') },
})

test('a Namespace that a unit renders counts there, and the one that nobody renders in the unit of namespaces', () => {
  const contents = unitContents(cluster({ helm, namespaces }))
  expect(contents.get('helm')?.count).toBe(4)
  expect(contents.get('namespaces')?.count).toBe(1)
  const row = (name: string) => ({ apiVersion: 'v1', kind: 'Namespace', name })
  expect(contents.get('helm')?.isOwn(row('web'))).toBe(true)
  expect(contents.get('namespaces')?.isOwn(row('web'))).toBe(false)
  expect(contents.get('namespaces')?.isOwn(row('tools'))).toBe(true)
})

test('a label on a rendered Namespace changes the unit that renders it, and no other', () => {
  const before = unitContents(cluster({ helm, namespaces }))
  const after = unitContents(
    cluster({
      helm: { ...helm, ownNamespaces: { web: tree('3') } },
      namespaces: {
        ...namespaces,
        parts: [{ name: 'main', tree: tree('c'), objects: 2 }],
        ownNamespaces: { ...namespaces.ownNamespaces, web: tree('3') },
      },
    }),
  )
  expect(after.get('helm')?.digest).not.toBe(before.get('helm')?.digest)
  expect(after.get('namespaces')?.digest).toBe(before.get('namespaces')?.digest)
})

test('a Namespace rendered for the management cluster says nothing of one of the cluster itself', () => {
  const contents = unitContents(cluster({ helm: { ...helm, local: true }, namespaces }))
  expect(contents.get('namespaces')?.count).toBe(2)
})
