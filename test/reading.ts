import { createMemoryReader, type MemoryFile } from '../src/adapters/memory/memory-reader.ts'
import { parseConfig } from '../src/config/config.ts'
import type { FleetConfig } from '../src/config/types.ts'
import { formatDiagnostics } from '../src/diagnostics/frame.ts'
import { sortDiagnostics } from '../src/diagnostics/order.ts'
import type { Diagnostic } from '../src/diagnostics/types.ts'
import type { Engine } from '../src/engine/types.ts'
import { parseIntent } from '../src/intent/intent.ts'
import type { Fleet } from '../src/intent/types.ts'
import { readConfigDocument, readRepository, type Patterns } from '../src/source/source.ts'
import type { Repository } from '../src/source/types.ts'

type YamlReader = Pick<Engine, 'parseYaml'>

interface Reported {
  /** In print order. */
  readonly diagnostics: readonly Diagnostic[]
  readonly codes: readonly string[]
  readonly printed: string
}

/** Reads files from memory as a repository. */
export async function readFiles(
  engine: YamlReader,
  files: Readonly<Record<string, MemoryFile>>,
  patterns: Patterns = { include: [], exclude: [] },
): Promise<Reported & { readonly repository: Repository }> {
  const diagnostics: Diagnostic[] = []
  const repository = await readRepository(createMemoryReader(files), patterns, engine, (one) =>
    diagnostics.push(one),
  )
  return { repository, ...toReported(diagnostics) }
}

/** Reads files with their fleetwright.yaml and parses their intent. */
export async function parseFiles(
  engine: YamlReader,
  files: Readonly<Record<string, MemoryFile>>,
): Promise<Reported & { readonly fleet: Fleet; readonly config: FleetConfig }> {
  const diagnostics: Diagnostic[] = []
  const report = (one: Diagnostic) => void diagnostics.push(one)
  const reader = createMemoryReader(files)
  const config = parseConfig(await readConfigDocument(reader, engine, report), report)
  const fleet = parseIntent(await readRepository(reader, config.intent, engine, report), config, report)
  return { fleet, config, ...toReported(diagnostics) }
}

function toReported(diagnostics: readonly Diagnostic[]): Reported {
  const sorted = sortDiagnostics(diagnostics)
  return { diagnostics: sorted, codes: sorted.map(({ code }) => code), printed: formatDiagnostics(sorted) }
}

/** Text of a YAML file without the indentation of the test. */
export function yaml(strings: TemplateStringsArray, ...values: readonly unknown[]): string {
  const text = String.raw({ raw: strings }, ...values).replace(/^\n/, '')
  const indentation = Math.min(...[...text.matchAll(/^( *)\S/gm)].map(([, blanks = '']) => blanks.length))
  return text.replace(new RegExp(`^ {${indentation}}`, 'gm'), '').replace(/\n *$/, '\n')
}
