import { expect, onTestFinished, test } from 'vitest'
import { kubeconfigOf, startKubernetesServers } from '../../kubernetes-server/kubernetes-server.ts'
import { configMap, configMaps, failureOf, namesIn, open, pagesOf } from './reading.ts'

test('contexts of one kubeconfig are read side by side, and a dead one hurts no other', async () => {
  const ids = Array.from({ length: 30 }, (_, index) => `cluster-${index}`)
  const servers = await startKubernetesServers(ids.map((id) => ({ objects: [configMap(id)], tokens: [id] })))
  onTestFinished(async () => {
    await Promise.all(servers.map((server) => server.stop()))
  })
  const contexts = ids.map((id, index) => [id, { url: servers[index]?.url ?? '', user: { token: id } }])
  const kubeconfig = kubeconfigOf(Object.fromEntries(contexts) as Parameters<typeof kubeconfigOf>[0])
  await servers[7]?.stop()
  const read = await Promise.all(
    ids.map(async (context) => {
      const { reader } = await open(kubeconfig, {}, { type: 'context', context })
      const listed = pagesOf(reader.list(configMaps))
      return context === 'cluster-7' ? (await failureOf(listed)).reason : (await listed).flatMap(namesIn)
    }),
  )
  expect(read).toEqual(ids.map((id) => (id === 'cluster-7' ? 'unreachable' : [id])))
})
