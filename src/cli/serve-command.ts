import { extname } from 'node:path'
import type { ExitCode, Io } from './io.ts'
import { UsageError } from './io.ts'
import type { Options } from './options.ts'

/** The app's bundle. A shell of its own, which this one only starts. */
interface App {
  serve(env: Io['env']): Promise<ExitCode>
  formatManifest(url: string): string
  formatRegistrationLink(url: string, apiUrl?: string): string
}

const linkNote =
  'This opens the form for a new GitHub App with the same filled in; for an organization, put organizations/NAME/ in front of settings:'

/**
 * `fleetwright serve`: the options are other ways to set the app's variables. The process is the app's from there on, its signals too.
 */
export async function runServe(options: Options, io: Io): Promise<ExitCode> {
  const { printManifest, host, port, workers, data, fleets } = options
  const app = await loadApp()
  if (printManifest !== undefined) {
    if (!URL.canParse(printManifest) || new URL(printManifest).protocol !== 'https:')
      throw new UsageError(`--print-manifest must be a URL with https://, not \`${printManifest}\``)
    io.stdout.write(app.formatManifest(printManifest))
    const apiUrl = io.env['GITHUB_API_URL'] ?? ''
    const link = app.formatRegistrationLink(printManifest, URL.canParse(apiUrl) ? apiUrl : undefined)
    io.stderr.write(`${linkNote}\n${link}\n`)
    return 0
  }
  const given = Object.entries({
    ...{ HOST: host, PORT: port, WORKERS: workers },
    ...{ FLEETWRIGHT_DATA: data, FLEETWRIGHT_FLEETS: fleets },
  }).filter(([, value]) => value !== undefined)
  return app.serve({ ...io.env, ...Object.fromEntries(given) })
}

/** Beside the command line, whether both are bundles in dist or TypeScript in src: `cli/` or `engine/`, where chunks lie. */
async function loadApp(): Promise<App> {
  const { href } = new URL(`../app/main${extname(import.meta.url)}`, import.meta.url)
  return (await import(href)) as App
}
