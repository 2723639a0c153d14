import { spawn } from 'node:child_process'
import { once } from 'node:events'
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterAll } from 'vitest'

/** Stands for the command line where it is run: it passes on what it is to do, and what comes of it. */
const forward = (socket: string): string => `
import { connect } from 'node:net'
import { createInterface } from 'node:readline'
const socket = connect(${JSON.stringify(socket)})
socket.write(JSON.stringify({ args: process.argv.slice(2), folder: process.cwd(), env: process.env }) + '\\n')
process.exitCode = 70
for await (const line of createInterface({ input: socket })) {
  const { stdout, stderr, exitCode } = JSON.parse(line)
  if (stdout !== undefined) process.stdout.write(stdout)
  if (stderr !== undefined) process.stderr.write(stderr)
  if (exitCode !== undefined) process.exitCode = exitCode
}
`

let kept: Promise<string> | undefined
const ending: (() => Promise<unknown>)[] = []
afterAll(async () => {
  for (const end of ending) await end()
})

/**
 * Path of a command line whose processes share one engine, which takes longer to start than what most tests do with it. They
 * are processes all the same, with an environment, a folder, a time and a death of their own.
 */
export function keptCli(): Promise<string> {
  return (kept ??= start())
}

async function start(): Promise<string> {
  const folder = mkdtempSync(join(tmpdir(), 'fleetwright-kept-'))
  const socket = join(folder, 'socket')
  const server = spawn(process.execPath, [join(import.meta.dirname, 'kept-command-line.ts'), socket], {
    stdio: ['pipe', 'pipe', 'inherit'],
  })
  const ended = once(server, 'exit')
  ending.push(async () => {
    server.kill('SIGKILL')
    await ended
    rmSync(folder, { recursive: true, force: true, maxRetries: 3 })
  })
  await Promise.race([
    once(server.stdout, 'data'),
    ended.then(() => Promise.reject(new Error('it does not start'))),
  ])
  const path = join(folder, 'cli.mjs')
  writeFileSync(path, forward(socket))
  return path
}
