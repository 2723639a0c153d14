import { parseConfig } from '../config/config.ts'
import { assert } from '../diagnostics/errors.ts'
import type { Diagnostic, Report } from '../diagnostics/types.ts'
import { toConfigOutput } from '../report/report.ts'
import { isConfigPath, readConfigDocument } from '../source/source.ts'
import type { ExitCode, Io } from './io.ts'
import { openRepository } from './open-repository.ts'
import type { Options } from './options.ts'
import { createPrinter, exitCodeOf } from './printing.ts'

/** `fleetwright show config`: needs nothing of the repository but its one file. */
export async function runShowConfig(options: Options, io: Io): Promise<ExitCode> {
  const printer = createPrinter(options, io)
  const diagnostics: Diagnostic[] = []
  const report: Report = (diagnostic) => void diagnostics.push(diagnostic)
  const { reader } = await openRepository(options, io)
  const isWritten = (await reader.list()).some(({ path, type }) => type === 'file' && isConfigPath(path))
  // One worker reads one file.
  const engine = await io.startEngine(1)
  try {
    const config = parseConfig(await readConfigDocument(reader, engine, report), report)
    const output = toConfigOutput(config, { isWritten, diagnostics })
    const { apiVersion, kind, spec } = output
    // The engine prints objects, and each has a name; the file needs none.
    const object = { apiVersion, kind, metadata: { name: 'fleetwright' }, spec }
    const printed = await engine.printObjects([JSON.stringify(object)])
    assert(printed.ok, 'a configuration can be printed')
    const note = isWritten ? '' : '# there is no fleetwright.yaml: everything is a default\n'
    printer.diagnostics(diagnostics)
    printer.text(note + printed.value.map(({ text }) => text).join(''))
    printer.json(output)
    return exitCodeOf(diagnostics)
  } finally {
    await engine.close()
  }
}
