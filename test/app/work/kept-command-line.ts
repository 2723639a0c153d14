/**
 * Runs command lines one after the other with one engine, for those who connect to the socket of its only argument: each
 * with the environment and the folder of the process that it stands for. Ends when its input does.
 */
import { once } from 'node:events'
import { createServer, type Socket } from 'node:net'
import { createInterface } from 'node:readline'
import type { Engine } from '../../../src/engine/types.ts'
import { processIo, stopWithInput } from '../../../src/cli/process-io.ts'
import { run } from '../../../src/cli/run.ts'

interface Asked {
  readonly args: readonly string[]
  readonly folder: string
  readonly env: Readonly<Record<string, string>>
}

stopWithInput()
const engines = new Map<number, Promise<Engine>>()
let last: Promise<unknown> = Promise.resolve()

const server = createServer((socket) => {
  socket.on('error', () => undefined)
  createInterface({ input: socket }).once('line', (line) => {
    last = last.then(() => answer(socket, JSON.parse(line) as Asked))
  })
})
server.listen(process.argv[2])
await once(server, 'listening')
process.stdout.write('listening\n')

async function answer(socket: Socket, { args, folder, env }: Asked): Promise<void> {
  // Whoever asked has been killed since.
  if (socket.destroyed) return
  process.chdir(folder)
  for (const name of Object.keys(process.env)) delete process.env[name]
  Object.assign(process.env, env)
  const send = (part: Readonly<Record<string, unknown>>): void =>
    void socket.write(`${JSON.stringify(part)}\n`)
  const output = (name: string) => ({
    ...{ isTerminal: false, columns: 100 },
    write: (text: string) => send({ [name]: text }),
  })
  const exitCode = await run(args, {
    ...processIo,
    ...{ stdout: output('stdout'), stderr: output('stderr'), startEngine },
  })
  process.chdir('/')
  send({ exitCode })
  socket.end()
}

async function startEngine(workers: number): Promise<Engine> {
  const engine = engines.get(workers) ?? processIo.startEngine(workers)
  engines.set(workers, engine)
  return { ...(await engine), close: () => Promise.resolve() }
}
