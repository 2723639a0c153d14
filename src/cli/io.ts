import type { Engine } from '../engine/types.ts'

/** Everything that a command may touch of the process, handed in, so that tests run commands in their own process. */
export interface Io {
  readonly stdout: Output
  readonly stderr: Output
  readonly env: Readonly<Record<string, string | undefined>>
  /** Absolute. */
  readonly cwd: string
  readonly homeFolder: string
  /** For what lives as long as the run. */
  readonly temporaryFolder: string
  readonly cores: number
  /** Starts the engine with so many workers; whoever starts it closes it. */
  readonly startEngine: (workers: number) => Promise<Engine>
  readonly now: () => Date
  /** Removes a folder when the run is interrupted; the result forgets it. */
  readonly removeOnInterrupt: (path: string) => () => void
  /** Called when the run is interrupted, which then waits for it a few seconds; the result forgets it. */
  readonly stopOnInterrupt: (stop: () => Promise<void>) => () => void
  /** Resolves after so many milliseconds, or as soon as the signal is aborted. */
  readonly wait: (milliseconds: number, signal: AbortSignal) => Promise<void>
}

export interface Output {
  write(text: string): void
  readonly isTerminal: boolean
  readonly columns: number
}

/** What a run ends with; documented in docs/reference/cli.md. */
export const exitCodes = {
  done: { code: 0, meaning: 'Done. Warnings may have been printed.' },
  errors: {
    code: 1,
    meaning: 'Errors in the input. What they do not hold was written all the same.',
  },
  usage: { code: 2, meaning: 'The command line is wrong. Nothing was done.' },
  environment: {
    code: 3,
    meaning:
      'The environment failed: network, registry, Git remote, disk; or a cluster that was to be observed did not answer. Running again may help.',
  },
  brake: {
    code: 4,
    meaning: 'A brake stopped the write, because it would delete too much. Nothing was written.',
  },
  found: {
    code: 5,
    meaning: '`--fail-on` was given, and there are such changes or dangers. Everything was printed.',
  },
  internal: { code: 70, meaning: 'A fault of fleetwright itself. Please report it.' },
  interrupted: { code: 130, meaning: 'Stopped by Ctrl-C. The rendered branch is as it was.' },
} as const

export type ExitCode = (typeof exitCodes)[keyof typeof exitCodes]['code']

/** The command line asks for something that there is not. Exit code 2. */
export class UsageError extends Error {
  override readonly name = 'UsageError'
}
