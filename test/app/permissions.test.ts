import { createRequire } from 'node:module'
import type { WebhookDefinition } from '@octokit/webhooks-examples'
import { expect, test } from 'vitest'
import { appPermissions } from '../../src/adapters/github/installation-tokens.ts'
import { formatManifest, permissionTable, subscribedEvents } from '../../src/app/permissions.ts'
import { parseDelivery } from '../../src/review/parse-delivery.ts'

test('the manifest asks for what tokens are made with, and for hearing of merge queues', () => {
  const asked = Object.fromEntries(permissionTable.map(({ permission, level }) => [permission, level]))
  expect(asked).toEqual({ ...appPermissions, merge_queues: 'read' })
  for (const { reason } of permissionTable) expect(reason.length).toBeGreaterThan(10)
})

test('webhooks are subscribed to that something follows from, and no others', () => {
  const definitions = createRequire(import.meta.url)(
    '@octokit/webhooks-examples',
  ) as readonly WebhookDefinition[]
  const heard = definitions
    .filter(({ name, examples }) => examples.some((one) => parseDelivery(name, one).type !== 'ignored'))
    .map(({ name }) => name)
  // These come to every app, whatever it subscribes to.
  const unasked = ['installation', 'installation_repositories', 'ping']
  expect(heard.filter((name) => !unasked.includes(name)).sort()).toEqual(subscribedEvents)
  expect(JSON.parse(formatManifest('https://x.example.com'))).toMatchObject({
    public: false,
    default_events: subscribedEvents,
  })
})
