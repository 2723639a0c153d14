import { createRequire } from 'node:module'
import type { WebhookDefinition } from '@octokit/webhooks-examples'
import { expect, test } from 'vitest'
import { appPermissions } from '../../src/adapters/github/installation-tokens.ts'
import {
  formatManifest,
  formatRegistrationLink,
  permissionTable,
  subscribedEvents,
} from '../../src/app/permissions.ts'
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

test.each([
  [undefined, 'https://github.com'],
  ['https://github.example.com/api/v3', 'https://github.example.com'],
])('a link fills in the form for a new app with what the manifest says (%s)', (apiUrl, origin) => {
  const link = new URL(formatRegistrationLink('https://x.example.com/', apiUrl))
  expect([link.origin, link.pathname]).toEqual([origin, '/settings/apps/new'])
  const { 'events[]': _events, ...fields } = Object.fromEntries(link.searchParams)
  expect(fields).toEqual({
    name: 'fleetwright',
    description: 'Compiles fleets: what a change does to each cluster, and the rendered branch',
    url: 'https://x.example.com',
    public: 'false',
    webhook_active: 'true',
    webhook_url: 'https://x.example.com/api/github/webhooks',
    'callback_urls[]': 'https://x.example.com/login/callback',
    ...{ checks: 'write', contents: 'write', issues: 'write', merge_queues: 'read' },
    ...{ metadata: 'read', pull_requests: 'write' },
  })
  expect(link.searchParams.getAll('events[]')).toEqual(subscribedEvents)
})

test('the manifest has the fields that GitHub takes, and no others', () => {
  const manifest = JSON.parse(formatManifest('https://x.example.com')) as Record<string, unknown>
  // https://docs.github.com/apps/sharing-github-apps/registering-a-github-app-from-a-manifest#github-app-manifest-parameters
  const taken = [
    ...[
      'name',
      'url',
      'hook_attributes',
      'redirect_url',
      'callback_urls',
      'setup_url',
      'description',
      'public',
    ],
    ...['default_events', 'default_permissions', 'request_oauth_on_install', 'setup_on_update'],
  ]
  expect(taken).toEqual(expect.arrayContaining(Object.keys(manifest)))
})
