import { expect, test } from 'vitest'
import {
  SourceFailure,
  type Offer,
  type RemoteReference,
  type SourceRemote,
} from '../../src/sources/source-remote-port.ts'

/** One remote with something in it, and what is to be expected of it. */
export interface RemoteUnderTest {
  readonly remote: SourceRemote
  readonly reference: RemoteReference
  /** The same place with nothing in it. */
  readonly missing: RemoteReference
  readonly names: readonly string[]
  /** Content of the first name, as `path: text` of files or as one text. */
  readonly content: string
}

/** What every SourceRemote promises (src/sources/source-remote-port.ts). */
export function testSourceRemote(open: () => Promise<RemoteUnderTest>): void {
  const first = (offers: readonly Offer[], name: string | undefined): Offer => {
    const offer = offers.find((each) => each.name === name)
    if (offer === undefined) throw new Error(`no offer ${name}`)
    return offer
  }

  test('lists what there is', async () => {
    const { remote, reference, names } = await open()
    const offers = await remote.list(reference, {})
    expect(offers.map(({ name }) => name)).toEqual(expect.arrayContaining([...names]))
  })

  test('gives the content of an offer, and the same again at its revision', async () => {
    const { remote, reference, names, content } = await open()
    const offer = first(await remote.list(reference, {}), names[0])
    const download = await remote.download(reference, offer, { access: {} })
    expect(toText(download.content)).toBe(content)
    const revision = download.revision === undefined ? {} : { revision: download.revision }
    const again = await remote.download(
      reference,
      { ...offer, urls: [download.url], ...revision },
      { access: {} },
    )
    expect([again.revision, toText(again.content)]).toEqual([download.revision, content])
  })

  test('serves many at once', async () => {
    const { remote, reference, names, content } = await open()
    const offer = first(await remote.list(reference, {}), names[0])
    const all = await Promise.all(
      Array.from({ length: 5 }, () => remote.download(reference, offer, { access: {} })),
    )
    expect(all.map((download) => toText(download.content))).toEqual(Array.from({ length: 5 }, () => content))
  })

  test('says not-found of what is not there', async () => {
    const { remote, missing } = await open()
    const error: unknown = await remote.list(missing, {}).catch((each: unknown) => each)
    expect(error).toBeInstanceOf(SourceFailure)
    expect(error).toMatchObject({ reason: 'not-found', retryable: false })
  })
}

function toText(content: Awaited<ReturnType<SourceRemote['download']>>['content']): string {
  switch (content.type) {
    case 'bytes':
      return Buffer.from(content.bytes).toString('utf8')
    case 'layers':
      return content.layers.map((each) => Buffer.from(each).toString('utf8')).join('\n')
    case 'entries':
      return content.entries
        .map(({ path, bytes }) => `${path}: ${Buffer.from(bytes).toString('utf8')}`)
        .sort()
        .join('\n')
  }
}
