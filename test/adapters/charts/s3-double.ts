import { createHash, createHmac } from 'node:crypto'
import type { IncomingMessage } from 'node:http'
import { serve, type LoopbackServer } from './loopback.ts'

export interface S3Options {
  readonly objects: Readonly<Record<string, string>>
  /** Absent: everybody may read. */
  readonly key?: { readonly id: string; readonly secret: string; readonly region: string }
  readonly pageSize?: number
}

/** As much of S3 as reading needs: ListObjectsV2 in pages, GetObject, signatures of version 4. */
export function serveS3(
  bucket: string,
  { objects, key, pageSize = 1000 }: S3Options,
): Promise<LoopbackServer> {
  return serve((request, response) => {
    const url = new URL(request.url ?? '', 'http://x')
    if (key !== undefined && !isSigned(request, url, key)) {
      response.writeHead(403).end('<Error><Code>SignatureDoesNotMatch</Code></Error>')
      return
    }
    if (url.pathname === `/${bucket}` && url.searchParams.get('list-type') === '2') {
      response.end(listing(objects, url, pageSize))
      return
    }
    const body = objects[decodeURIComponent(url.pathname.slice(bucket.length + 2))]
    if (body === undefined) response.writeHead(404).end('<Error><Code>NoSuchKey</Code></Error>')
    else response.end(body)
  })
}

function listing(objects: S3Options['objects'], url: URL, pageSize: number): string {
  const keys = Object.keys(objects)
    .filter((each) => each.startsWith(url.searchParams.get('prefix') ?? ''))
    .sort()
  const from = Number(url.searchParams.get('continuation-token') ?? 0)
  const contents = keys.slice(from, from + pageSize).map((each) => {
    const etag = createHash('md5')
      .update(objects[each] ?? '')
      .digest('hex')
    return `<Contents><Key>${encodeURIComponent(each).replaceAll('%2F', '/').replaceAll('%20', '+')}</Key><ETag>&quot;${etag}&quot;</ETag><Size>${Buffer.byteLength(objects[each] ?? '')}</Size></Contents>`
  })
  const more = from + pageSize < keys.length
  return `<?xml version="1.0"?><ListBucketResult xmlns="http://s3.amazonaws.com/doc/2006-03-01/"><IsTruncated>${more}</IsTruncated>${more ? `<NextContinuationToken>${from + pageSize}</NextContinuationToken>` : ''}${contents.join('')}</ListBucketResult>`
}

/** Written from Amazon's description of Signature Version 4, independently of the client. */
function isSigned(
  request: IncomingMessage,
  url: URL,
  { id, secret, region }: NonNullable<S3Options['key']>,
): boolean {
  const match =
    /^AWS4-HMAC-SHA256 Credential=([^/]+)\/(\d{8})\/([^/]+)\/s3\/aws4_request, SignedHeaders=([^,]+), Signature=([0-9a-f]{64})$/.exec(
      request.headers.authorization ?? '',
    )
  if (match === null) return false
  const [, givenId = '', day = '', givenRegion = '', names = '', signature = ''] = match
  const hmac = (key: string | Buffer, text: string): Buffer => createHmac('sha256', key).update(text).digest()
  const query = [...url.searchParams]
    .map(([name, value]) => `${encode(name)}=${encode(value)}`)
    .sort()
    .join('&')
  const headers = names
    .split(';')
    .map((name) => `${name}:${String(request.headers[name]).trim()}\n`)
    .join('')
  const path = url.pathname
    .split('/')
    .map((part) => encode(decodeURIComponent(part)))
    .join('/')
  const canonical = [
    request.method,
    path,
    query,
    headers,
    names,
    String(request.headers['x-amz-content-sha256']),
  ].join('\n')
  const scope = `${day}/${region}/s3/aws4_request`
  const text = [
    'AWS4-HMAC-SHA256',
    String(request.headers['x-amz-date']),
    scope,
    createHash('sha256').update(canonical).digest('hex'),
  ].join('\n')
  const signing = hmac(hmac(hmac(hmac(`AWS4${secret}`, day), region), 's3'), 'aws4_request')
  return givenId === id && givenRegion === region && hmac(signing, text).toString('hex') === signature
}

function encode(text: string): string {
  return encodeURIComponent(text).replace(
    /[!'()*]/g,
    (each) => `%${each.charCodeAt(0).toString(16).toUpperCase()}`,
  )
}
