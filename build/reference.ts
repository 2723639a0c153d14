import { mkdir, readdir, readFile, rm, writeFile } from 'node:fs/promises'
import { dirname, join } from 'node:path'
import { configSchema } from '../src/config/config.ts'
import { outputSchemas } from '../src/report/report.ts'
import { appPage } from './pages/app-page.ts'
import { bootstrapPage } from './pages/bootstrap-page.ts'
import { cliPage } from './pages/cli-page.ts'
import { configurationPage } from './pages/configuration-page.ts'
import { dangersPage } from './pages/dangers-page.ts'
import { diagnosticsPage } from './pages/diagnostics-page.ts'
import { outputPage, schemaFile } from './pages/output-page.ts'

const folder = 'docs/reference'

/** Everything below docs/reference, by path in it. */
export async function referencePages(): Promise<ReadonlyMap<string, string>> {
  const schemas = outputSchemas()
  return new Map([
    ['app.md', appPage()],
    ['bootstrap.md', await bootstrapPage()],
    ['cli.md', cliPage()],
    ['configuration.md', configurationPage(configSchema())],
    ['dangers.md', dangersPage()],
    ['diagnostics.md', diagnosticsPage()],
    ['output.md', outputPage(schemas)],
    ['fleetwright.schema.json', toText(configSchema())],
    ...Object.entries(schemas).map(([command, schema]): [string, string] => [
      schemaFile(command),
      toText(schema),
    ]),
  ])
}

export async function writeReference(root: string): Promise<void> {
  const pages = await referencePages()
  for (const path of await listReference(root)) {
    if (!pages.has(path)) await rm(join(root, folder, path))
  }
  for (const [path, text] of pages) {
    await mkdir(dirname(join(root, folder, path)), { recursive: true })
    await writeFile(join(root, folder, path), text)
  }
}

/** Whether docs/reference is what `--generate` would write; says what is not. */
export async function checkReference(root: string): Promise<boolean> {
  const pages = await referencePages()
  const stale = (await listReference(root)).filter((path) => !pages.has(path))
  for (const [path, text] of pages) {
    const written = await readFile(join(root, folder, path), 'utf8').catch(() => undefined)
    if (written !== text) stale.push(path)
  }
  if (stale.length > 0) {
    console.error(`${folder} is not what the code says: ${stale.sort().join(', ')}`)
    console.error('run `npm run generate` and commit it')
  }
  return stale.length === 0
}

async function listReference(root: string): Promise<string[]> {
  const entries = await readdir(join(root, folder)).catch(() => [])
  return entries.sort()
}

function toText(schema: object): string {
  return `${JSON.stringify(schema, null, 2)}\n`
}
