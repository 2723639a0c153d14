import { spawn } from 'node:child_process'
import { extract } from 'tar-stream'

/** Texts of a commit as git itself tells them, through one process. */
export async function branchFiles(repository: string, name: string): Promise<ReadonlyMap<string, string>> {
  const child = spawn('git', ['archive', '--format=tar', name], {
    cwd: repository,
    stdio: ['ignore', 'pipe', 'inherit'],
  })
  const files = new Map<string, string>()
  for await (const entry of child.stdout.pipe(extract())) {
    const chunks: Buffer[] = []
    for await (const chunk of entry) chunks.push(chunk as Buffer)
    if (entry.header.type === 'file') files.set(entry.header.name, Buffer.concat(chunks).toString())
  }
  return files
}
