import { chmod, mkdir, mkdtemp, rm, writeFile } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterEach, beforeEach, describe, expect, test } from 'vitest'
import { createFolderWriter } from '../../src/adapters/disk/folder-writer.ts'
import { EnvironmentError } from '../../src/diagnostics/errors.ts'
import { cluster, config, fleet, helm, object, run } from '../branch/fleet-double.ts'
import { filesOfFolder } from '../contracts/git-repositories.ts'

let root = ''
let folder = ''
beforeEach(async () => {
  root = await mkdtemp(join(tmpdir(), 'fleetwright-folder-'))
  folder = join(root, 'out')
})
afterEach(() => rm(root, { recursive: true, force: true }))

const app = helm('web/app', [object('ConfigMap web/app')])
const other = helm('web/other', [object('ConfigMap web/other')])
const prod = (...units: (typeof app)[]) => fleet({ cluster: cluster('fleet/prod'), units })

describe('a tree in a folder', () => {
  test('holds what a branch holds, and is not written again when nothing changed', async () => {
    expect((await run(createFolderWriter(folder), prod(app))).outcome.status).toBe('written')
    expect([...(await filesOfFolder(folder)).keys()]).toEqual([
      '.fleetwright/build.json',
      '.fleetwright/clusters/fleet/prod.json',
      '.fleetwright/index/fleet/prod/helm-web-app.json',
      '.fleetwright/index/fleet/prod/namespaces.json',
      'clusters/fleet/prod/helm-web-app/configmap-web-app.yaml',
      'clusters/fleet/prod/namespaces/namespace-web.yaml',
      'delivery/flux/fleet/prod/helm-web-app.yaml',
      'delivery/flux/fleet/prod/namespaces.yaml',
    ])
    expect((await run(createFolderWriter(folder), prod(app))).outcome.status).toBe('unchanged')
  })

  test('leaves what it did not write, the repository around it included', async () => {
    await run(createFolderWriter(folder), prod(app))
    await mkdir(join(folder, '.git'))
    await writeFile(join(folder, '.git/HEAD'), 'ref: refs/heads/main\n')
    await writeFile(join(folder, 'clusters/README.md'), 'mine\n')
    await run(createFolderWriter(folder), prod(other))
    const files = await filesOfFolder(folder)
    expect([files.get('.git/HEAD'), files.get('clusters/README.md')]).toEqual([
      'ref: refs/heads/main\n',
      'mine\n',
    ])
    expect([...files.keys()].filter((path) => path.includes('helm-web-app'))).toEqual([])
  })

  test('that fleetwright did not make is refused, unless it may be adopted', async () => {
    await mkdir(folder)
    await writeFile(join(folder, 'notes.txt'), 'mine\n')
    const refused = await run(createFolderWriter(folder), prod(app))
    expect([refused.outcome.status, refused.diagnostics.map(({ code }) => code)]).toEqual([
      'refused',
      ['branch/foreign'],
    ])
    const adopted = await run(createFolderWriter(folder), prod(app), { config: config({ adopt: true }) })
    expect(adopted.outcome.status).toBe('written')
  })

  test('that was left half-written is mended by the next run', async () => {
    await run(createFolderWriter(folder), prod(app))
    // What a run that was killed leaves: some new files, the old records.
    await writeFile(join(folder, 'clusters/fleet/prod/helm-web-app/configmap-web-app.yaml'), 'half\n')
    await mkdir(join(folder, 'clusters/fleet/prod/helm-web-other'))
    await writeFile(join(folder, 'clusters/fleet/prod/helm-web-other/configmap-web-other.yaml'), 'half\n')
    await run(createFolderWriter(folder), prod(app, other))
    const fresh = join(root, 'fresh')
    await run(createFolderWriter(fresh), prod(app, other))
    expect(await filesOfFolder(folder)).toEqual(await filesOfFolder(fresh))
  })

  test('below a file cannot be written, which is an error of the environment', async () => {
    await writeFile(folder, 'a file\n')
    await expect(run(createFolderWriter(folder), prod(app))).rejects.toMatchObject({
      adapter: 'disk',
      message: `could not read ${folder}: a file is where a folder has to be, or the other way round`,
    })
  })

  test('that may not be written is an error of the environment', async ({ skip }) => {
    if (process.getuid?.() === 0) skip('root may write anywhere')
    await mkdir(folder)
    await chmod(folder, 0o500)
    await expect(run(createFolderWriter(folder), prod(app))).rejects.toBeInstanceOf(EnvironmentError)
  })
})
