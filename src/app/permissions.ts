import { toLoginUrl } from '../adapters/github/login-url.ts'
import { settingTable } from './settings-table.ts'
import { webhookPath } from './webhook-endpoint.ts'

/** Something that the GitHub App is allowed, and why. The manifest and docs/reference/app.md are made from these rows. */
export interface PermissionRow {
  /** As manifests and the API name it. */
  readonly permission: string
  readonly level: 'read' | 'write'
  readonly reason: string
}

/** No more than what the adapters use; a test compares. */
export const permissionTable: readonly PermissionRow[] = [
  {
    permission: 'checks',
    level: 'write',
    reason: 'the check on each commit, with annotations and buttons; hears of "Re-run" and of buttons',
  },
  {
    permission: 'contents',
    level: 'write',
    reason:
      'reads the repository; pushes the rendered branch and the branches of its own pull requests, and no other',
  },
  {
    permission: 'issues',
    level: 'write',
    reason: 'one issue for each cluster whose facts are too old, closed when it answers again',
  },
  { permission: 'merge_queues', level: 'read', reason: 'hears of what a merge queue wants to merge' },
  {
    permission: 'metadata',
    level: 'read',
    reason: 'GitHub grants it with all others: names of repositories, and who may do what in them',
  },
  {
    permission: 'pull_requests',
    level: 'write',
    reason: 'comments on pull requests, answers commands, and opens and closes its own pull requests',
  },
]

/** Webhooks that are subscribed to. Those of installations come to every app. */
export const subscribedEvents: readonly string[] = [
  'check_run',
  'check_suite',
  'issue_comment',
  'merge_group',
  'pull_request',
  'push',
  'repository',
  'repository_dispatch',
]

/** Where GitHub sends people back to after they signed in. */
export const loginCallbackPath = '/login/callback'

interface Registration {
  readonly name: string
  readonly description: string
  readonly url: string
  readonly webhookUrl: string
  readonly callbackUrl: string
}

/** Of an app that is reached at this URL. */
function registrationOf(reachedAt: string): Registration {
  const url = reachedAt.replace(/\/+$/, '')
  return {
    ...{ name: 'fleetwright', url },
    description: 'Compiles fleets: what a change does to each cluster, and the rendered branch',
    webhookUrl: `${url}${webhookPath}`,
    callbackUrl: `${url}${loginCallbackPath}`,
  }
}

/** What GitHub makes an app from ("Register a GitHub App from a manifest"), for an app that is reached at this URL. */
export function formatManifest(reachedAt: string): string {
  const { name, description, url, webhookUrl, callbackUrl } = registrationOf(reachedAt)
  const manifest = {
    ...{ name, description, url },
    hook_attributes: { url: webhookUrl, active: true },
    callback_urls: [callbackUrl],
    public: false,
    default_permissions: Object.fromEntries(
      permissionTable.map(({ permission, level }) => [permission, level]),
    ),
    default_events: subscribedEvents,
  }
  return `${JSON.stringify(manifest, null, 2)}\n`
}

/** GitHub's form for a new app with the same filled in; only the secret of webhooks is left to whoever opens it. */
export function formatRegistrationLink(
  reachedAt: string,
  apiUrl: string = settingTable.GITHUB_API_URL.default,
): string {
  const { name, description, url, webhookUrl, callbackUrl } = registrationOf(reachedAt)
  const link = new URL(`${toLoginUrl(apiUrl)}/settings/apps/new`)
  const fields: readonly (readonly [string, string])[] = [
    ...Object.entries({ name, description, url, public: 'false' }),
    ...Object.entries({ webhook_active: 'true', webhook_url: webhookUrl, 'callback_urls[]': callbackUrl }),
    ...permissionTable.map(({ permission, level }) => [permission, level] as const),
    ...subscribedEvents.map((event) => ['events[]', event] as const),
  ]
  for (const [field, value] of fields) link.searchParams.append(field, value)
  return link.href
}
