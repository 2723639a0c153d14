import { catalogue } from '../../src/diagnostics/catalogue.ts'
import type { CatalogueEntry } from '../../src/diagnostics/catalogue-entry.ts'
import { codeBlock, generatedNote, markdownTable } from './markdown.ts'

const holdsText: Readonly<Record<CatalogueEntry['holds'], string>> = {
  nothing: 'Holds nothing: everything is written.',
  unit: 'Holds the unit: its folder on the rendered branch stays as it is.',
  cluster: 'Holds the cluster: its folder on the rendered branch stays as it is.',
  all: 'Holds everything: nothing is written.',
}

/** Every diagnostic: what, why, example, fix; in the order of the journey. */
export function diagnosticsPage(): string {
  const rows = Object.entries<CatalogueEntry>(catalogue)
  const stages = [...new Set(rows.map(([code]) => code.split('/')[0] ?? ''))]
  return [
    generatedNote,
    '# Diagnostics',
    'What fleetwright says about a repository. The code is stable. Errors make the exit code 1 and cannot be silenced; warnings and notes can, by code, in `review.silence` of [fleetwright.yaml](configuration.md). What a diagnostic holds stays on the rendered branch as it was.',
    markdownTable(
      ['Code', 'Severity', 'What it says'],
      rows.map(([code, { severity, what }]) => [`[\`${code}\`](#${anchor(code)})`, severity, what]),
    ),
    ...stages.flatMap((stage) => [
      `## ${stage}`,
      ...rows.filter(([code]) => code.startsWith(`${stage}/`)).map(([code, row]) => entry(code, row)),
    ]),
    '',
  ].join('\n\n')
}

function entry(code: string, { severity, holds, what, why, example, fix }: CatalogueEntry): string {
  return [
    `### ${code}`,
    `${capital(severity)}. ${what} ${why}`,
    codeBlock(example, 'yaml'),
    `**What to do.** ${fix}`,
    holdsText[holds],
  ].join('\n\n')
}

/** As GitHub makes it of the heading. */
function anchor(code: string): string {
  return code.toLowerCase().replace(/[^a-z0-9-]/g, '')
}

function capital(text: string): string {
  return text.charAt(0).toUpperCase() + text.slice(1)
}
