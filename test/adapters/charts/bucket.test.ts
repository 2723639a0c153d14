import { expect, test } from 'vitest'
import type { SourceReference } from '../../../src/resolve/types.ts'
import { textsOf } from '../../sources/archives.ts'
import { createJourney } from '../../sources/journey.ts'
import { createTestRemote, serve, type LoopbackServer } from './loopback.ts'
import { serveS3 } from './s3-double.ts'

const objects = {
  'apps/a.yaml': 'kind: A',
  "apps/b c'(1).yaml": 'kind: B',
  'apps/logo.png': 'x',
  'other/d.yaml': 'kind: D',
  'apps/folder/': '',
}
const key = { id: 'AKID', secret: 'hunter2', region: 'eu-1' }

function bucketAt({ host }: LoopbackServer, more: object = {}): SourceReference {
  return {
    key: 'the bucket',
    type: 'bucket',
    endpoint: host,
    bucket: 'b',
    prefix: 'apps/',
    plainHTTP: true,
    ...more,
  }
}

async function pinnedRun(reference: SourceReference, secrets = {}) {
  const journey = createJourney({ remote: createTestRemote().remote, secrets })
  const { lock, faults } = await journey.update([reference])
  const fetched = await journey.fetch([reference], { lock: { entries: lock } })
  return {
    lock,
    faults: [...faults(), ...fetched.faults()],
    files: textsOf(fetched.sources.get('the bucket')?.tree.files),
  }
}

test('a bucket that everybody may read is listed page by page and read under its prefix', async () => {
  const server = await serveS3('b', { objects, pageSize: 1 })
  const { files, faults } = await pinnedRun(bucketAt(server))
  expect(faults).toEqual([])
  expect(files).toEqual({ 'apps/a.yaml': 'kind: A', "apps/b c'(1).yaml": 'kind: B' })
})

test('requests are signed with the keys of the Secret', async () => {
  const server = await serveS3('b', { objects, key })
  const reference = bucketAt(server, { region: 'eu-1', credentials: { namespace: 'ns', name: 'creds' } })
  const { files, faults } = await pinnedRun(reference, {
    'ns/creds': { accesskey: 'AKID', secretkey: 'hunter2' },
  })
  expect(faults).toEqual([])
  expect(Object.keys(files)).toHaveLength(2)
})

test('wrong keys are named as such, and not shown', async () => {
  const server = await serveS3('b', { objects, key })
  const reference = bucketAt(server, { region: 'eu-1', credentials: { namespace: 'ns', name: 'creds' } })
  const { faults } = await pinnedRun(reference, {
    'ns/creds': { accesskey: 'AKID', secretkey: 'wrong-hunter3' },
  })
  expect(faults[0]).toMatch(/^sources\/access-denied the bucket: .* forbids it \(403\)$/)
  expect(faults.join()).not.toContain('hunter3')
})

test('a bucket whose content changed is not what was pinned', async () => {
  const changing: Record<string, string> = { ...objects }
  const server = await serveS3('b', { objects: changing })
  const { lock } = await pinnedRun(bucketAt(server))
  changing['apps/a.yaml'] = 'kind: Other'
  const fresh = createJourney({ remote: createTestRemote().remote })
  const { faults } = await fresh.fetch([bucketAt(server)], { lock: { entries: lock } })
  expect(faults()).toEqual([
    expect.stringMatching(
      /^sources\/digest-changed the bucket: it was pinned as sha256:.* is not there any more$/,
    ),
  ])
})

test('an endpoint that is no store is named as such', async () => {
  const server = await serve((_, response) => response.end('<html>console</html>'))
  expect((await pinnedRun(bucketAt(server))).faults[0]).toMatch(
    /^sources\/malformed-content the bucket: .* does not answer as an S3-compatible store$/,
  )
})
