/**
 * The command line, started before anybody knows what it is to do: its engine runs, and a line of standard input then tells the
 * rest. Does that one task and ends; ends without one when its input does. For programs that run many.
 */
import { createInterface } from 'node:readline'
import type { StandbyTask } from '../adapters/child/standby.ts'
import type { Engine } from '../engine/types.ts'
import { commandTable } from './commands.ts'
import { exitCodes } from './io.ts'
import { processIo, stopWithInput } from './process-io.ts'
import { run } from './run.ts'
import { defaultWorkers } from './start-engine.ts'

// Whatever ends it before its task has done none.
process.exitCode = exitCodes.internal.code

const workers = defaultWorkers(processIo)
let waiting: Promise<Engine> | undefined = processIo.startEngine(workers)
// That it failed is said by the task, which tries again.
waiting.catch(() => undefined)
await Promise.all([commandTable.diff.load(), commandTable.compile.load()])

const task = await readTask()
if (task !== undefined) {
  stopWithInput()
  enter(task)
  // Whoever lists processes sees what it does, as of one that was started for it.
  process.title = ['fleetwright', ...task.args].join(' ')
  process.exitCode = await run(task.args, { ...processIo, startEngine: takeEngine })
}
await waiting?.then(
  (engine) => engine.close(),
  () => undefined,
)

async function readTask(): Promise<StandbyTask | undefined> {
  for await (const line of createInterface({ input: process.stdin })) return JSON.parse(line) as StandbyTask
  return undefined
}

function enter({ folder, env }: StandbyTask): void {
  process.chdir(folder)
  for (const name of Object.keys(process.env)) delete process.env[name]
  Object.assign(process.env, env)
}

function takeEngine(wanted: number): Promise<Engine> {
  const engine = wanted === workers ? waiting : undefined
  if (engine === undefined) return processIo.startEngine(wanted)
  waiting = undefined
  return engine.catch(() => processIo.startEngine(wanted))
}
