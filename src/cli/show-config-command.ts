import { createConfigHistory } from '../adapters/git/config-history.ts'
import { parseConfig, readConfigInForce } from '../config/config.ts'
import type { ConfigInForce } from '../config/types.ts'
import { assert } from '../diagnostics/errors.ts'
import type { Diagnostic, Report } from '../diagnostics/types.ts'
import { toConfigOutput } from '../report/report.ts'
import { isConfigPath, readConfigDocument } from '../source/source.ts'
import { exitCodes, type ExitCode, type Io } from './io.ts'
import { openRepository } from './open-repository.ts'
import type { Options } from './options.ts'
import { createPrinter, exitCodeOf } from './printing.ts'

/** `fleetwright show config`: needs nothing of the repository but its one file. */
export async function runShowConfig(options: Options, io: Io): Promise<ExitCode> {
  const printer = createPrinter(options, io)
  const diagnostics: Diagnostic[] = []
  const report: Report = (diagnostic) => void diagnostics.push(diagnostic)
  const { git, reader } = await openRepository(options, io)
  const isWritten = (await reader.list()).some(({ path, type }) => type === 'file' && isConfigPath(path))
  // One worker reads one file.
  const engine = await io.startEngine(1)
  try {
    const config = parseConfig(await readConfigDocument(reader, engine, report), report)
    const isBroken = exitCodeOf(diagnostics) !== exitCodes.done.code
    const inForce = isBroken
      ? await readConfigInForce(reader, { engine, history: createConfigHistory(git) })
      : undefined
    const output = toConfigOutput(config, { isWritten, diagnostics, ...(inForce && { inForce }) })
    const { apiVersion, kind, spec } = output
    // The engine prints objects, and each has a name; the file needs none.
    const object = { apiVersion, kind, metadata: { name: 'fleetwright' }, spec }
    const printed = await engine.printObjects([JSON.stringify(object)])
    assert(printed.ok, 'a configuration can be printed')
    const note = isWritten ? '' : '# there is no fleetwright.yaml: everything is a default\n'
    const brokenNote = inForce ? describeInForce(inForce) : ''
    printer.diagnostics(diagnostics)
    printer.text(note + brokenNote + printed.value.map(({ text }) => text).join(''))
    printer.json(output)
    return exitCodeOf(diagnostics)
  } finally {
    await engine.close()
  }
}

function describeInForce({ broken }: ConfigInForce): string {
  const { commit } = broken ?? {}
  const what = commit === undefined ? 'nothing is allowed' : `that of ${commit.slice(0, 12)} counts`
  return `# what cannot be read is a default here; until it is mended, ${what} wherever it is a matter of trust\n`
}
