import fc from 'fast-check'
import { describe, expect, test } from 'vitest'
import { createMemoryBranch, type MemoryBranch } from '../../src/adapters/memory/memory-branch.ts'
import { readPreviousTree, tryParseUnitIndex } from '../../src/branch/branch.ts'
import { cluster, object, policy, run, sha256 } from './fleet-double.ts'

async function tamperedPaths(branch: MemoryBranch) {
  const readFiles = (...[state, paths]: Parameters<MemoryBranch['readFiles']>) =>
    branch.readFiles(state, paths)
  const previous = await readPreviousTree(await branch.read('rendered'), readFiles, () => undefined)
  return previous?.tampered
}

describe('round trip', () => {
  const name = fc.stringMatching(/^[a-z][a-z0-9-]{0,8}$/)
  const kinds = fc.constantFrom('ConfigMap', 'apps/v1 Deployment', 'a.example/v1 Thing')
  const manifest = fc
    .tuple(kinds, fc.constantFrom('web', 'db'), name, fc.string({ maxLength: 20 }))
    .map(([kind, namespace, id, text]) =>
      object(`${kind} ${namespace}/${id}`, { body: `data: ${JSON.stringify(text)}\n` }),
    )
  const unit = fc
    .tuple(
      name,
      fc.uniqueArray(manifest, {
        selector: ({ kind, namespace, name: id }) => `${kind} ${namespace} ${id}`,
        maxLength: 6,
      }),
    )
    .map(([id, manifests]) => policy(id, manifests))
  const units = fc.uniqueArray(unit, { selector: ({ unit: { name: id } }) => id, maxLength: 4 })
  const clusters = fc
    .uniqueArray(fc.tuple(name, units), { selector: ([id]) => id, minLength: 1, maxLength: 4 })
    .map((list) => list.map(([id, of]) => ({ cluster: cluster(`fleet/${id}`), units: of })))

  test('what is laid out can be read back, object by object', async () => {
    await fc.assert(
      fc.asyncProperty(clusters, async (wanted) => {
        const branch = createMemoryBranch()
        await run(branch, wanted)
        const written = branch.filesOf('rendered')
        for (const {
          cluster: { id },
          units: of,
        } of wanted) {
          for (const {
            unit: { name: unitName },
            manifests,
          } of of) {
            const index = tryParseUnitIndex(written.get(`.fleetwright/index/${id}/${unitName}.json`))
            const texts = index?.objects.map(({ path }) => written.get(path ?? ''))
            expect(texts).toEqual(manifests.map(({ text }) => text))
          }
        }
        expect(await tamperedPaths(branch)).toEqual([])
        expect((await run(branch, wanted)).outcome.status).toBe('unchanged')
      }),
      { numRuns: 60 },
    )
  })

  test('from any fleet to any other the branch ends as if it had been written at once', async () => {
    await fc.assert(
      fc.asyncProperty(clusters, clusters, async (first, second) => {
        const branch = createMemoryBranch()
        const fresh = createMemoryBranch()
        await run(branch, first)
        const planned = await run(branch, second)
        if (planned.outcome.status === 'braked')
          await run(branch, second, { allowDelete: [planned.outcome.brake.digest] })
        await run(fresh, second)
        expect([...branch.filesOf('rendered')]).toEqual([...fresh.filesOf('rendered')])
      }),
      { numRuns: 60 },
    )
  })

  test('the order in which clusters and units are handed in does not show', async () => {
    await fc.assert(
      fc.asyncProperty(clusters, async (wanted) => {
        const [one, two] = [createMemoryBranch(), createMemoryBranch()]
        await run(one, wanted)
        await run(
          two,
          wanted.toReversed().map((of) => ({ ...of, units: of.units.toReversed() })),
        )
        expect(sha256(JSON.stringify([...one.filesOf('rendered')].filter(isNotDigest)))).toBe(
          sha256(JSON.stringify([...two.filesOf('rendered')].filter(isNotDigest))),
        )
      }),
      { numRuns: 30 },
    )
  })
})

/** The double's cluster digest follows the order of its units, which the real plan decides. */
function isNotDigest([path]: readonly [string, string]): boolean {
  return !path.startsWith('.fleetwright/clusters/') && path !== '.fleetwright/build.json'
}
