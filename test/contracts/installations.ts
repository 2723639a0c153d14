import { describe, expect, test } from 'vitest'
import type { Installations } from '../../src/review/installations-port.ts'
import type { RepositoryId } from '../../src/review/types.ts'

/** Installations, and what stands behind them. */
export interface InstallationsUnderTest {
  readonly installations: Installations
  readonly install: (owner: string, names: readonly string[]) => ChangedInstallation
  /** A delivery that did not arrive. */
  readonly lose: () => { readonly guid: string }
  /** Passes so much time, in milliseconds. */
  readonly pass: (milliseconds: number) => void
  /** ISO 8601. */
  readonly now: () => string
  /** Resolves when redeliveries were made; gives the ids of those that arrived, once for each time. */
  readonly arrived: () => Promise<readonly string[]>
  /** What a token reaches: `owner/name`, by name; undefined for one that works no more. */
  readonly reached: (token: string) => Promise<readonly string[] | undefined>
}

export interface ChangedInstallation {
  readonly id: number
  readonly suspend: () => void
  readonly remove: (name: string) => void
  readonly uninstall: () => void
}

export function installationsContract(create: () => Promise<InstallationsUnderTest>): void {
  const named = (repositories: readonly RepositoryId[]): string[] =>
    repositories.map(({ installation, owner, name }) => `${installation} ${owner}/${name}`).toSorted()

  test('the app says as whom it writes', async () => {
    const { installations } = await create()
    expect(await installations.login()).toBe('fleetwright[bot]')
  })

  test('repositories of all installations are listed, but for those that are suspended', async () => {
    const { installations, install } = await create()
    const one = install('acme', ['fleet', 'edge'])
    const two = install('umbrella', ['fleet'])
    const all = [`${one.id} acme/edge`, `${one.id} acme/fleet`, `${two.id} umbrella/fleet`]
    expect(named(await installations.listRepositories())).toEqual(all.toSorted())
    expect(named(await installations.listRepositories(one.id))).toEqual(all.slice(0, 2).toSorted())
    two.suspend()
    expect(await installations.listRepositories(two.id)).toEqual([])
    expect(named(await installations.listRepositories())).toEqual(all.slice(0, 2).toSorted())
    one.remove('edge')
    expect(named(await installations.listRepositories())).toEqual(all.slice(1, 2))
  })

  test('a token reaches one repository, and is renewed before it ends', async () => {
    const { installations, install, pass, reached } = await create()
    const { id } = install('acme', ['fleet', 'edge'])
    const repository = { installation: id, owner: 'acme', name: 'fleet' }
    const token = await installations.token(repository)
    expect(await reached(token)).toEqual(['acme/fleet'])
    expect(await installations.token(repository)).toBe(token)
    pass(50 * 60_000)
    const next = await installations.token(repository)
    expect(next).not.toBe(token)
    pass(11 * 60_000)
    expect(await reached(token)).toBeUndefined()
    expect(await reached(next)).toEqual(['acme/fleet'])
  })

  test('there is no token for a repository that the app was taken out of', async () => {
    const { installations, install } = await create()
    const one = install('acme', ['fleet', 'edge'])
    const missing = { reason: 'not-found', retryable: false }
    one.remove('edge')
    const edge = { installation: one.id, owner: 'acme', name: 'edge' }
    await expect(installations.token(edge)).rejects.toMatchObject(missing)
    one.uninstall()
    await expect(installations.token({ ...edge, name: 'fleet' })).rejects.toMatchObject(missing)
  })

  describe('deliveries that failed', () => {
    test('are listed from the oldest on, and no more when they arrived after all', async () => {
      const { installations, lose, now, arrived } = await create()
      const since = now()
      const [first, second] = [lose(), lose()]
      const failed = await installations.listFailedDeliveries(since)
      expect(failed.map(({ guid }) => guid)).toEqual([first.guid, second.guid])
      await installations.redeliver(failed[0]?.id ?? 0)
      expect(await arrived()).toEqual([first.guid])
      const left = await installations.listFailedDeliveries(since)
      expect(left.map(({ guid }) => guid)).toEqual([second.guid])
    })

    test('are not looked for before the time that is asked for', async () => {
      const { installations, lose, now, pass } = await create()
      lose()
      pass(3_600_000)
      const since = now()
      const late = lose()
      expect((await installations.listFailedDeliveries(since)).map(({ guid }) => guid)).toEqual([late.guid])
    })
  })
}
