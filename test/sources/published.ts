import type { PublishedSource } from '../../src/adapters/memory/memory-sources.ts'
import type { SourceReference } from '../../src/resolve/types.ts'
import { chartArchive, sha256Of } from './archives.ts'

export const repository = 'https://charts.example.com'

export function chartReference(version: string): SourceReference {
  return {
    key: `helm:${repository}#app@${version}`,
    type: 'helm-http',
    url: repository,
    chart: 'app',
    version,
  }
}

export async function publishedCharts(...versions: string[]): Promise<Record<string, PublishedSource[]>> {
  const published = await Promise.all(
    versions.map(async (version): Promise<PublishedSource> => {
      const bytes = await chartArchive('app', version)
      return {
        offer: { name: version, digest: sha256Of(bytes), urls: [`${repository}/app-${version}.tgz`] },
        content: { type: 'bytes', bytes },
      }
    }),
  )
  return { [`${repository} app`]: published }
}

export const commit = 'a'.repeat(40)
export const gitUrl = 'https://git.example.com/team/base.git'
export const gitReference = (ref: Record<string, string>, ignore?: string): SourceReference => ({
  key: `git:${gitUrl}@${JSON.stringify(ref)}`,
  type: 'git',
  url: gitUrl,
  ref,
  ...(ignore === undefined ? {} : { ignore }),
})
export function publishedGit(
  files: Record<string, string>,
  links: Record<string, string> = {},
): PublishedSource['content'] {
  return {
    type: 'entries',
    leftOut: [],
    entries: [
      ...Object.entries(files).map(([path, text]) => ({
        path,
        type: 'file' as const,
        bytes: Buffer.from(text),
      })),
      ...Object.entries(links).map(([path, text]) => ({
        path,
        type: 'symlink' as const,
        bytes: Buffer.from(text),
      })),
    ],
  }
}
