import { extname } from 'node:path'
import { setTimeout } from 'node:timers/promises'
import { pathToFileURL } from 'node:url'
import { onTestFinished, vi } from 'vitest'
import { openFleetPage } from '../../../src/app/fleet-page/open-fleet-page.ts'
import { homeRoute, startServer } from '../../../src/app/server.ts'
import type { AppPorts } from '../../../src/app/types.ts'
import { cliFile } from '../../bundled.ts'
import { createWorkRig, type WorkRig } from '../work/work-rig.ts'
import { createTestBrowser, type Page, type TestBrowser } from './browser.ts'

const main = pathToFileURL(cliFile())
const stateWorker = new URL(`../app/fleet-page/fleet-state-worker${extname(main.pathname)}`, main)

export const sessionSecret = 'sealed by this test, and by nobody else'

export interface FleetPageRig extends WorkRig {
  readonly url: string
  readonly browser: TestBrowser
  /** Somebody who signed in already, in a browser of their own. */
  readonly signIn: (login: string, path?: string) => Promise<TestBrowser>
  /** The page when it is there. */
  readonly whenMade: (browser: TestBrowser, path?: string) => Promise<Page>
  /** Passes so much time. */
  readonly pass: (milliseconds: number) => void
}

export interface FleetPageRigOptions {
  readonly cli?: (real: AppPorts['cli']) => AppPorts['cli']
  /** Somebody watches the clusters. */
  readonly isWatched?: boolean
  /** Where the app says that it is reached; default: where it is. */
  readonly publicUrl?: string
}

export const fleetPath = '/fleet/fleet/demo'

/** The pages of the app over HTTP, with the double of GitHub and real children behind them. */
export async function createFleetPageRig(options: FleetPageRigOptions = {}): Promise<FleetPageRig> {
  let now = Date.UTC(2026, 0, 2, 3, 4, 5)
  const rig = await createWorkRig({
    ...(options.cli && { cli: options.cli }),
    ports: ({ fleets }) => ({
      now: () => now,
      ...(options.isWatched === true && {
        fleets: { ...fleets, watched: [{ owner: 'Fleet', name: 'Demo' }] },
      }),
    }),
  })
  const { app, double, ports } = rig
  const login = {
    ...{ clientId: app.clientId, clientSecret: app.clientSecret, sessionSecret },
    publicUrl: options.publicUrl ?? 'http://127.0.0.1:1',
  }
  // The address is known only when it listens.
  const open = (publicUrl: string) =>
    openFleetPage(
      { apiUrl: double.apiUrl },
      { ...login, publicUrl },
      {
        ...{ env: {}, version: '0.0.0-test', stateWorker },
        wait: (milliseconds, signal) =>
          setTimeout(milliseconds, undefined, { signal }).catch(() => undefined),
      },
    )
  const port = await freePort(ports)
  const url = `http://127.0.0.1:${port}`
  const page = await open(options.publicUrl ?? url)
  const server = await startServer({
    ...{
      host: '127.0.0.1',
      port,
      setting: 'PORT',
      log: ports.log,
      routes: [homeRoute({ hasLogin: true }), ...page.routes(ports)],
    },
  })
  onTestFinished(async () => {
    await page.close()
    await server.close()
  })
  const browser = createTestBrowser(url)
  return {
    ...{ ...rig, url, browser },
    pass: (milliseconds) => void (now += milliseconds),
    async signIn(person, path = '/fleet/x/y') {
      double.signIn(person)
      const own = createTestBrowser(url)
      await own.visit(path)
      return own
    },
    whenMade: (own, path = fleetPath) =>
      vi.waitFor(
        async () => {
          const found = await own.visit(path)
          if (found.status === 202) throw new Error('it is still being made')
          return found
        },
        { timeout: 60_000 },
      ),
  }
}

/** One that was free a moment ago. */
async function freePort({ log }: AppPorts): Promise<number> {
  const server = await startServer({ host: '127.0.0.1', port: 0, setting: 'PORT', log, routes: [] })
  await server.close()
  return server.port
}

/** What the command line would print of two clusters, one on hold, without running it; or whatever `more` has by command. */
export function createQuickCli(
  hold = 'its facts are missing',
  more: Readonly<Record<string, object>> = {},
): AppPorts['cli'] {
  const outputs: Readonly<Record<string, object>> = {
    'show config': {
      ...{ written: true, apiVersion: 'fleetwright.dev/v1alpha1', kind: 'FleetConfig', diagnostics: [] },
      spec: {
        ...{ intent: { include: [], exclude: [] }, management: {}, clusters: [], facts: { maxAge: '24h' } },
        rendered: {
          ...{ branch: 'rendered', delivery: ['flux'], mode: 'hub', adopt: false, source: { name: 'x' } },
          argocd: { namespace: 'argocd', project: 'default' },
        },
        ...{ brakes: { maxDeletedShare: '10%', protect: [] }, secrets: { allow: [] } },
        ...{ review: { commands: { allow: [] }, silence: [] }, sources: { allowedHosts: [] } },
        app: { onPush: 'commit', onFleetChange: 'commit' },
      },
    },
    'show clusters': {
      clusters: ['fleet/one', 'fleet/two'].map((cluster) => ({
        ...{ cluster, type: 'configured', version: 'v1.34.0', paused: false },
        ...{ workers: [], pods: [], services: [], labels: [], addons: 0 },
        ...(cluster === 'fleet/two' && { hold }),
      })),
    },
    'show conflicts': { conflicts: [] },
    compile: { clusters: [], diagnostics: [], branch: { name: 'rendered', changed: false } },
    ...more,
  }
  return ({ command }) =>
    Promise.resolve({ exitCode: 0, stdout: JSON.stringify(outputs[command]), stderr: '', durationMs: 1 })
}
