import { setFlagsFromString } from 'node:v8'
import { runInNewContext } from 'node:vm'
import { describe, expect, test } from 'vitest'
import type { ListPage } from '../../../src/observe/cluster-reader-port.ts'
import {
  configMap,
  configMaps,
  failureOf,
  manyConfigMaps,
  namesIn,
  pagesOf,
  serveAndOpen,
} from './reading.ts'

setFlagsFromString('--expose-gc')
const collectGarbage = runInNewContext('gc') as () => void
const mebibyte = 1024 * 1024

/** Pages that are still in memory when the last one has come. */
async function livingPages(pages: AsyncIterable<ListPage>): Promise<{ alive: number; names: Set<string> }> {
  const names = new Set<string>()
  const references: WeakRef<ListPage>[] = []
  for await (const page of pages) {
    for (const name of namesIn(page)) names.add(name)
    references.push(new WeakRef(page))
  }
  // What a promise held in this turn is free in the next.
  await new Promise(setImmediate)
  collectGarbage()
  return { alive: references.filter((each) => each.deref() !== undefined).length, names }
}

describe('20,000 ConfigMaps in one namespace', () => {
  test('come page by page, and no page outlives its turn', async () => {
    const { reader } = await serveAndOpen({ objects: manyConfigMaps(20_000) })
    const { alive, names } = await livingPages(reader.list({ ...configMaps, namespace: 'default' }))
    expect(names.size).toBe(20_000)
    expect(alive).toBeLessThanOrEqual(1)
  })

  test('cost as metadata a fraction of what they cost whole', async () => {
    const objects = manyConfigMaps(20_000).map((object) => ({ ...object, data: { text: 'x'.repeat(2000) } }))
    const { server, reader } = await serveAndOpen({ objects })
    const pages = await pagesOf(reader.list({ ...configMaps, metadataOnly: true }))
    expect(pages.map(({ objects: inPage }) => inPage.length)).toEqual(Array.from({ length: 40 }, () => 500))
    expect(pages[39]?.objects[499]).toEqual({
      ...{ apiVersion: 'v1', kind: 'ConfigMap' },
      metadata: { namespace: 'default', name: 'c-19999', resourceVersion: '20000' },
    })
    // Whole they are 40 MB of texts alone.
    expect(server.sentBytes()).toBeLessThan(5 * mebibyte)
  })
})

describe('large objects', () => {
  const annotated = (name: string) => ({
    ...configMap(name),
    metadata: { namespace: 'default', name, annotations: { big: name + 'x'.repeat(mebibyte) } },
  })

  test('with an annotation of 1 MB are read like others', async () => {
    const { reader } = await serveAndOpen({ objects: [annotated('a'), configMap('b')] })
    const [page] = await pagesOf(reader.list(configMaps))
    const [first] = page?.objects ?? []
    const { annotations } = first?.['metadata'] as { annotations: { big: string } }
    expect([annotations.big.length, page?.objects.length]).toEqual([mebibyte + 1, 2])
  })

  test('come through a watch like others', async () => {
    const { server, reader } = await serveAndOpen()
    server.objects.put(annotated('a'))
    for await (const { object } of reader.watch(configMaps, '0', new AbortController().signal)) {
      const { annotations } = object['metadata'] as { annotations: { big: string } }
      expect(annotations.big).toHaveLength(mebibyte + 1)
      break
    }
  })

  test('whose page is too large come in smaller pages', async () => {
    const objects = Array.from({ length: 30 }, (_, index) => annotated(`c-${String(index).padStart(2, '0')}`))
    const limits = { maxAnswerBytes: 8 * mebibyte }
    const { server, reader } = await serveAndOpen({ objects }, { limits })
    const pages = await pagesOf(reader.list(configMaps))
    expect(pages.flatMap(namesIn)).toEqual(objects.map(({ metadata }) => metadata.name))
    const asked = server.requests.map(({ url }) => new URL(url, 'http://x').searchParams.get('limit'))
    expect(asked.slice(0, 4)).toEqual(['500', '100', '20', '4'])
  })

  test('that alone are larger than what is taken in → a bad answer that says so', async () => {
    const limits = { maxAnswerBytes: mebibyte }
    const { server, reader } = await serveAndOpen({ objects: [annotated('a')] }, { limits })
    const failure = await failureOf(pagesOf(reader.list(configMaps)))
    expect(failure.reason).toBe('bad-answer')
    expect(failure.message).toBe(
      `context server (${server.host}) answers GET /api/v1/configmaps with more than 1 MiB`,
    )
  })

  test('that alone are larger than that end a watch', async () => {
    const limits = { maxAnswerBytes: mebibyte }
    const { server, reader } = await serveAndOpen({}, { limits })
    server.objects.put(annotated('a'))
    const watch = reader.watch(configMaps, '0', new AbortController().signal)[Symbol.asyncIterator]()
    expect(await failureOf(watch.next())).toMatchObject({ reason: 'bad-answer' })
  })
})
