import { readdir } from 'node:fs/promises'
import { join } from 'node:path'
import { fileURLToPath } from 'node:url'
import { EnvironmentError } from '../../diagnostics/errors.ts'
import { readTexts } from './read-texts.ts'

/** As the engine finds its module: what is bundled lies two folders deep, in dist/<entry>/, wherever it came from. */
const templatesFolder = fileURLToPath(
  new URL(import.meta.url.endsWith('.ts') ? '../../../templates/' : '../../templates/', import.meta.url),
)

/** Texts of the templates of this package for Markdown, by name of their file: `comment.md.hbs`. */
export function readPackagedTemplates(): Promise<ReadonlyMap<string, string>> {
  return readTemplates('.', /\.hbs$/)
}

/** Those of the page, with its style and scripts: `page.hbs`, `page.css`, `filters.js`. */
export function readPackagedPage(): Promise<ReadonlyMap<string, string>> {
  return readTemplates('page', /\.(?:hbs|css|js)$/)
}

/** Those of the app's pages, with their style. */
export function readPackagedFleetPage(): Promise<ReadonlyMap<string, string>> {
  return readTemplates('fleet-page', /\.(?:hbs|css)$/)
}

async function readTemplates(below: string, ending: RegExp): Promise<ReadonlyMap<string, string>> {
  const folder = join(templatesFolder, below)
  try {
    const names = (await readdir(folder)).filter((name) => ending.test(name)).sort()
    return await readTexts(folder, names)
  } catch (cause) {
    throw new EnvironmentError({
      adapter: 'disk',
      operation: `read ${folder}`,
      message: 'the templates of this package are not there',
      retryable: false,
      hint: 'reinstall fleetwright',
      cause,
    })
  }
}
