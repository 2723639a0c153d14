import { readPackagedFleetPage } from '../../adapters/disk/templates.ts'
import { createGitHubVisitors } from '../../adapters/github/visitors.ts'
import { createTemplateCompiler } from '../../adapters/handlebars/compile-templates.ts'
import { formatFleetPage, type FleetPages } from '../../report/report.ts'
import type { Route } from '../server.ts'
import type { LoginSettings, Settings } from '../settings.ts'
import type { AppPorts } from '../types.ts'
import { createFleetReader } from './fleet-reader.ts'
import { fleetRoute } from './fleet-route.ts'
import { loginRoutes } from './login-routes.ts'
import { createSessions } from './sessions.ts'
import { createVisitorAccess } from './visitor-access.ts'
import { createWorkOutState } from './work-out-state.ts'

export interface FleetPageHost {
  readonly env: Readonly<Record<string, string | undefined>>
  readonly version: string
  /** `app/fleet-page/fleet-state-worker.js` of this version. */
  readonly stateWorker: URL
  readonly wait: (milliseconds: number, signal: AbortSignal) => Promise<void>
}

export interface OpenedFleetPage {
  readonly routes: (ports: AppPorts) => readonly Route[]
  /** Ends what is being made, and connections. */
  close(): Promise<void>
}

/** The fleet page with its login. Loaded only where there is one. Throws EnvironmentError where its templates are not there. */
export async function openFleetPage(
  { apiUrl }: Pick<Settings, 'apiUrl'>,
  { publicUrl, clientId, clientSecret, sessionSecret }: LoginSettings,
  { env, version, stateWorker, wait }: FleetPageHost,
): Promise<OpenedFleetPage> {
  const packaged = await readPackagedFleetPage()
  const pages = formatFleetPage({ templates: { packaged, compile: createTemplateCompiler() } })
  const visitors = createGitHubVisitors({
    ...{ apiUrl, userAgent: `fleetwright/${version}`, environment: env, clientId, clientSecret },
  })
  const workOut = createWorkOutState(stateWorker)
  const ending = new AbortController()
  return {
    routes(ports) {
      const { installations, now, log } = ports
      const isSecure = publicUrl.startsWith('https:')
      const sessions = createSessions({ secret: sessionSecret, isSecure, now })
      return [
        fleetRoute({
          ...{ sessions, pages, now, log },
          access: createVisitorAccess({ visitors, installations, now }),
          read: createFleetReader({ ports, wait, workOut, signal: ending.signal }),
        }),
        ...loginRoutes({ visitors, sessions, pages, publicUrl, log }),
        styleRoute(pages),
      ]
    },
    async close() {
      ending.abort()
      await visitors.close()
    },
  }
}

function styleRoute({ style }: FleetPages): Route {
  const { path, text } = style
  const headers = { 'cache-control': 'public, max-age=31536000, immutable' }
  return {
    ...{ path, method: 'GET' },
    answer: () => Promise.resolve({ status: 200, body: { contentType: 'text/css', text }, headers }),
  }
}
