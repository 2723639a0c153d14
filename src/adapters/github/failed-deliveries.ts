import type { RestEndpointMethodTypes } from '@octokit/rest'
import type { FailedDelivery } from '../../review/installations-port.ts'
import type { GitHubClient } from './client.ts'
import { ifThere } from './repository.ts'

type AnsweredAttempt = RestEndpointMethodTypes['apps']['listWebhookDeliveries']['response']['data'][number]

/** 10,000 attempts; GitHub keeps them for three days. */
const maxPages = 100

/** Deliveries none of whose attempts succeeded, the oldest first. What the app missed before `since` is not looked at. */
export async function listFailedDeliveries(
  client: GitHubClient,
  since: string,
): Promise<readonly FailedDelivery[]> {
  const attempts = await ifThere(() => listAttempts(client, Date.parse(since)))
  const delivered = new Set((attempts ?? []).filter(isSuccess).map(({ guid }) => guid))
  const failed = new Map<string, FailedDelivery>()
  for (const { id, guid } of (attempts ?? []).toReversed()) {
    if (!delivered.has(guid) && !failed.has(guid)) failed.set(guid, { id, guid })
  }
  return [...failed.values()]
}

function isSuccess({ status_code: status }: AnsweredAttempt): boolean {
  return status >= 200 && status < 300
}

/** The newest first, as GitHub lists them. */
async function listAttempts(client: GitHubClient, sinceMs: number): Promise<readonly AnsweredAttempt[]> {
  const operation = { name: 'list what GitHub could not tell the app', permission: 'app' }
  const all: AnsweredAttempt[] = []
  let cursor: string | undefined
  for (let page = 1; page <= maxPages; page += 1) {
    const from = cursor
    const { data, headers } = await client.ask(operation, (octokit) =>
      octokit.rest.apps.listWebhookDeliveries({ per_page: 100, ...(from !== undefined && { cursor: from }) }),
    )
    const recent = data.filter((attempt) => Date.parse(attempt.delivered_at) >= sinceMs)
    all.push(...recent)
    cursor = nextCursor(headers.link)
    if (cursor === undefined || recent.length < data.length) break
  }
  return all
}

function nextCursor(link: string | undefined): string | undefined {
  const [, url = ''] = /<([^>]*)>;\s*rel="next"/.exec(link ?? '') ?? []
  return URL.canParse(url) ? (new URL(url).searchParams.get('cursor') ?? undefined) : undefined
}
