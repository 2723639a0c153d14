import { createHash } from 'node:crypto'
import { gzipSync } from 'node:zlib'
import { pack, type Header } from 'tar-stream'

type Entry = Partial<Header> & { readonly name: string; readonly content?: string | Uint8Array }

/** A tar archive of entries, as they are: nothing is checked. */
export async function tarOf(entries: readonly Entry[]): Promise<Buffer> {
  const archive = pack()
  for (const { content, ...header } of entries) {
    const bytes = Buffer.from(content ?? '')
    archive.entry(
      // Else it is the present, and no two archives are alike.
      {
        mtime: new Date(0),
        ...header,
        ...(header.type === undefined || header.type === 'file' ? { size: bytes.length } : {}),
      },
      bytes,
    )
  }
  archive.finalize()
  const chunks: Uint8Array[] = []
  for await (const chunk of archive) chunks.push(chunk as Uint8Array)
  return Buffer.concat(chunks)
}

export async function tarGzOf(entries: readonly Entry[]): Promise<Buffer> {
  return gzipSync(await tarOf(entries))
}

/** A small packaged chart. */
export function chartArchive(name: string, version: string, more: readonly Entry[] = []): Promise<Buffer> {
  return tarGzOf([
    { name: `${name}/Chart.yaml`, content: `apiVersion: v2\nname: ${name}\nversion: ${version}\n` },
    { name: `${name}/values.yaml`, content: `replicas: 1 # ${version}\n` },
    { name: `${name}/templates/configmap.yaml`, content: 'kind: ConfigMap\n' },
    ...more,
  ])
}

export function sha256Of(bytes: Uint8Array): string {
  return `sha256:${createHash('sha256').update(bytes).digest('hex')}`
}

/** Texts of files by path. */
export function textsOf(files: ReadonlyMap<string, Uint8Array> | undefined): Record<string, string> {
  return Object.fromEntries(
    [...(files ?? [])].map(([path, bytes]) => [path, Buffer.from(bytes).toString('utf8')]),
  )
}
