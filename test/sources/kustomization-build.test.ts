import { afterAll, beforeAll, expect, test } from 'vitest'
import type { Engine } from '../../src/engine/types.ts'
import { serveGit } from '../adapters/charts/git-server.ts'
import { createRepository } from '../git-repository.ts'
import { createTestRemote, serveFiles } from '../adapters/charts/loopback.ts'
import { createTestEngine } from '../engine/built-engine.ts'
import { chartArchive, tarGzOf } from './archives.ts'
import { createJourney } from './journey.ts'

let engine: Engine
beforeAll(async () => {
  engine = await createTestEngine()
})
afterAll(() => engine.close())

const configMap = (name: string): string => `apiVersion: v1\nkind: ConfigMap\nmetadata:\n  name: ${name}\n`

test('what was fetched is what the engine builds: a base that has a base and a file of its own, and a chart', async () => {
  const template = { name: 'app/templates/more.yaml', content: configMap('from-chart') }
  const archive = await tarGzOf([
    { name: 'app/Chart.yaml', content: 'apiVersion: v2\nname: app\nversion: 1.2.3\n' },
    template,
  ])
  const web = await serveFiles({
    '/crds/one.yaml': configMap('from-url'),
    '/index.yaml': 'entries:\n  app:\n  - version: 1.2.3\n    urls: [app.tgz]\n',
    '/app.tgz': archive,
  })
  const inner = createRepository()
  inner.commit({ 'kustomization.yaml': 'resources: [a.yaml]\n', 'a.yaml': configMap('from-inner') })
  inner.git('tag', 'v2')
  const innerServer = await serveGit(inner)
  const outer = createRepository()
  outer.commit({
    'deploy/kustomization.yaml': `resources:\n- ../shared\n- ${innerServer.url}?ref=v2\n- ${web.url}/crds/one.yaml\n`,
    'shared/kustomization.yaml': 'resources: [b.yaml]\n',
    'shared/b.yaml': configMap('from-outer'),
  })
  outer.git('tag', 'v1')
  const outerServer = await serveGit(outer)
  const journey = createJourney({
    engine,
    remote: createTestRemote().remote,
    files: {
      'kustomization.yaml': `resources:\n- ${outerServer.url}//deploy?ref=v1\nhelmCharts:\n- name: app\n  repo: ${web.url}\n  version: 1.2.3\n  releaseName: rel\n`,
    },
  })
  const own = { key: 'own', type: 'repository' as const, path: '' }
  const kustomizations = [{ key: 'own', path: '', components: [] }]
  const { lock, faults } = await journey.update([own], undefined, {}, kustomizations)
  expect(faults()).toEqual([])
  expect(lock.size).toBe(4)
  const { sources } = await journey.fetch(
    [own],
    { lock: { entries: lock }, locked: true, offline: true },
    kustomizations,
  )
  const source = sources.get('own')
  if (source === undefined) throw new Error('own was not fetched')
  const { tree, remotes, charts } = source
  const built = await engine.buildKustomization(
    { tree, path: '', remotes, charts, capabilities: { kubeVersion: 'v1.33.0' } },
    { clockMs: 0 },
  )
  expect(built.ok ? built.value.map(({ name }) => name).sort() : built.fault).toEqual([
    'from-chart',
    'from-inner',
    'from-outer',
    'from-url',
  ])
})

test('a chart that was fetched is what the engine loads', async () => {
  const web = await serveFiles({
    '/index.yaml': 'entries:\n  app:\n  - version: 1.2.3\n    urls: [app.tgz]\n',
    '/app.tgz': await chartArchive('app', '1.2.3'),
  })
  const { sources } = await createJourney({ remote: createTestRemote().remote }).fetch([
    { key: 'k', type: 'helm-http', url: web.url, chart: 'app', version: '1.2.3' },
  ])
  const tree = sources.get('k')?.tree
  const loaded = tree === undefined ? undefined : await engine.loadChart(tree)
  expect(loaded).toMatchObject({ ok: true, value: { name: 'app', version: '1.2.3' } })
})
