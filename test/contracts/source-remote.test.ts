import { describe } from 'vitest'
import { createMemoryRemote } from '../../src/adapters/memory/memory-sources.ts'
import { serveGit } from '../adapters/charts/git-server.ts'
import { createRepository } from '../git-repository.ts'
import { createTestRemote, serveFiles } from '../adapters/charts/loopback.ts'
import { helmLayer, serveRegistry } from '../adapters/charts/registry-double.ts'
import { serveS3 } from '../adapters/charts/s3-double.ts'
import { testSourceRemote } from './source-remote.ts'

describe('memory', () => {
  testSourceRemote(() => {
    const chart = (version: string) => ({
      offer: { name: version, urls: [`https://c.example.com/${version}.tgz`] },
      content: { type: 'bytes' as const, bytes: Buffer.from(`chart ${version}`) },
    })
    const reference = {
      key: 'k',
      type: 'helm-http' as const,
      url: 'https://c.example.com',
      chart: 'app',
      version: '',
    }
    return Promise.resolve({
      remote: createMemoryRemote(new Map([['https://c.example.com app', [chart('1.0.0'), chart('2.0.0')]]])),
      reference,
      missing: { ...reference, chart: 'none' },
      names: ['1.0.0', '2.0.0'],
      content: 'chart 1.0.0',
    })
  })
})

describe('chart repository', () => {
  testSourceRemote(async () => {
    const index =
      'entries:\n  app:\n  - version: 1.0.0\n    urls: [app-1.tgz]\n  - version: 2.0.0\n    urls: [app-2.tgz]\n'
    const { url } = await serveFiles({ '/index.yaml': index, '/app-1.tgz': 'chart 1.0.0' })
    const reference = { key: 'k', type: 'helm-http' as const, url, chart: 'app', version: '' }
    return {
      remote: createTestRemote().remote,
      reference,
      missing: { ...reference, chart: 'none' },
      names: ['1.0.0', '2.0.0'],
      content: 'chart 1.0.0',
    }
  })
})

describe('OCI registry', () => {
  testSourceRemote(async () => {
    const layers = (text: string) => [{ mediaType: helmLayer, bytes: Buffer.from(text) }]
    const { host } = await serveRegistry({
      repositories: { 'team/app': { '1.0.0': layers('chart 1.0.0'), '2.0.0': layers('chart 2.0.0') } },
    })
    const reference = {
      key: 'k',
      type: 'helm-oci' as const,
      url: `oci://${host}/team/app`,
      version: '',
      plainHTTP: true,
    }
    return {
      remote: createTestRemote().remote,
      reference,
      missing: { ...reference, url: `oci://${host}/team/none` },
      names: ['1.0.0', '2.0.0'],
      content: 'chart 1.0.0',
    }
  })
})

describe('Git over HTTP', () => {
  testSourceRemote(async () => {
    const repository = createRepository()
    repository.commit({ 'a.yaml': 'a', 'b/c.yaml': 'c' })
    const { url } = await serveGit(repository)
    const reference = { key: 'k', type: 'git' as const, url, ref: {} }
    return {
      remote: createTestRemote().remote,
      reference,
      missing: { ...reference, url: `${url}/none` },
      names: ['refs/heads/main', 'HEAD'],
      content: 'a.yaml: a\nb/c.yaml: c',
    }
  })
})

describe('bucket', () => {
  testSourceRemote(async () => {
    const { host } = await serveS3('b', { objects: { 'a.yaml': 'a' } })
    const reference = { key: 'k', type: 'bucket' as const, endpoint: host, bucket: 'b', plainHTTP: true }
    return {
      remote: createTestRemote().remote,
      reference,
      missing: { ...reference, bucket: 'none' },
      names: [''],
      content: 'a.yaml: a',
    }
  })
})
