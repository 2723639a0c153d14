import { readdir, readFile } from 'node:fs/promises'
import { createRequire } from 'node:module'
import { dirname, join } from 'node:path'
import { EnvironmentError } from '../../diagnostics/errors.ts'

/** Texts of the templates of this package for Markdown, by name of their file: `comment.md.hbs`. */
export function readPackagedTemplates(): Promise<ReadonlyMap<string, string>> {
  return readTemplates('.', /\.hbs$/)
}

/** Those of the page, with its style and scripts: `page.hbs`, `page.css`, `filters.js`. */
export function readPackagedPage(): Promise<ReadonlyMap<string, string>> {
  return readTemplates('page', /\.(?:hbs|css|js)$/)
}

async function readTemplates(below: string, ending: RegExp): Promise<ReadonlyMap<string, string>> {
  // By the name of the package: from dist/ this file lies elsewhere than from src/.
  const root = dirname(createRequire(import.meta.url).resolve('fleetwright/package.json'))
  const folder = join(root, 'templates', below)
  try {
    const names = (await readdir(folder)).filter((name) => ending.test(name)).sort()
    return new Map(
      await Promise.all(
        names.map(async (name) => [name, await readFile(join(folder, name), 'utf8')] as const),
      ),
    )
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
