import type { ActionIo, Environment, ProcessResult } from './action-io.ts'

export interface CliCall {
  readonly command: string
  readonly args: readonly string[]
  readonly folder: string
  readonly env: Environment
  /** What is printed on standard output is for the action, not for the log. */
  readonly isQuiet?: boolean
}

/** Runs the bundled command line as a process of its own, within a group of the log. */
export async function runCli(
  io: Pick<ActionIo, 'run' | 'nodePath' | 'cliPath' | 'write' | 'startGroup' | 'endGroup' | 'randomWord'>,
  { command, args, folder, env, isQuiet = false }: CliCall,
): Promise<ProcessResult> {
  io.startGroup(`fleetwright ${command}`)
  // Texts of the repository are printed: without this, one of them could be a command to the runner.
  const word = io.randomWord()
  io.write(`::stop-commands::${word}\n`)
  let last = '\n'
  try {
    return await io.run({
      file: io.nodePath,
      args: [io.cliPath, command, ...args],
      ...{ folder, env },
      onOutput: (text, stream) => {
        if (text === '' || (isQuiet && stream === 'stdout')) return
        io.write(text)
        last = text
      },
    })
  } finally {
    io.write(`${last.endsWith('\n') ? '' : '\n'}::${word}::\n`)
    io.endGroup()
  }
}
