import { describe, expect, test } from 'vitest'
import { parseImage } from '../../../src/compare/dangers/image-reference.ts'
import { isOlder } from '../../../src/compare/dangers/older-version.ts'
import { rest, tell, tellGained, tellObjects, unit } from './told-dangers.ts'

const digest = `sha256:${'0123456789abcdef'.repeat(4)}`

function deployment(image: string, name = 'web'): string {
  return `
apiVersion: apps/v1
kind: Deployment
metadata: { name: ${name}, namespace: shop }
spec:
  selector: { matchLabels: { app: ${name} } }
  template:
    metadata: { labels: { app: ${name} } }
    spec: { containers: [{ name: app, image: "${image}" }] }
`
}

describe('image references', () => {
  test.each([
    ['nginx', { registry: 'docker.io', repository: 'library/nginx' }],
    ['index.docker.io/nginx:1', { registry: 'docker.io', repository: 'library/nginx', tag: '1' }],
    ['shop/web:1.2', { registry: 'docker.io', repository: 'shop/web', tag: '1.2' }],
    ['localhost/web', { registry: 'localhost', repository: 'web' }],
    ['registry:5000/shop/web', { registry: 'registry:5000', repository: 'shop/web' }],
    [`ghcr.io/shop/web:1@${digest}`, { registry: 'ghcr.io', repository: 'shop/web', tag: '1', digest }],
  ])('%s', (text, parts) => {
    expect(parseImage(text)).toEqual(parts)
  })
})

describe('older versions', () => {
  test.each([
    ['v1.2.3', 'v1.2.2'],
    ['1.10.0', '1.9.9'],
    ['2.0.0', '2.0.0-rc.1'],
    ['2.0.0-rc.10', '2.0.0-rc.9'],
    ['2.0.0-rc.1', '2.0.0-beta.4'],
    ['1.27.4-alpine', '1.27.3-alpine'],
    ['16', '15'],
    ['20250601', '20250512'],
    ['1.27.1', '1.26'],
    ['4.13.0-rc.2', '4.12.0'],
  ])('%s is newer than %s, and not the other way round', (newer, older) => {
    expect(isOlder(newer, older)).toBe(true)
    expect(isOlder(older, newer)).toBe(false)
  })

  test.each([
    ['1.2.3', '1.2.3'],
    ['1.2.3', 'v1.2.3'],
    ['1.27.3', '1.27'],
    ['1.27.3-alpine', '1.27.2-bookworm'],
    ['20250601', '1.2.0'],
    ['latest', '1.2.0'],
    ['2.0.0', '1f3a9c7'],
    ['8231947', '8231946'],
    ['1.2.3+build.2', '1.2.3+build.1'],
  ])('%s and %s cannot be told apart', (one, other) => {
    expect(isOlder(one, other)).toBe(false)
    expect(isOlder(other, one)).toBe(false)
  })
})

describe('version-downgrade', () => {
  const chart = (version: string, appVersion?: string, name = 'web') =>
    unit(deployment(`registry.example/web:${appVersion ?? version}`), {
      chart: { name, version, ...(appVersion !== undefined && { appVersion }) },
    })
  const tellCharts = (before: ReturnType<typeof chart>, after: ReturnType<typeof chart>) =>
    tell({ 'fleet/prod': { web: before } }, { 'fleet/prod': { web: after } })

  test('a chart that goes back, with its images said by that', async () => {
    expect(await tellCharts(chart('1.3.0'), chart('1.2.9'))).toEqual([
      'high version-downgrade: web goes back to chart web 1.2.9 from 1.3.0',
    ])
  })

  test('an app that goes back with a newer chart', async () => {
    expect(await tellCharts(chart('1.3.0', '8.1'), chart('1.4.0', '7.9'))).toEqual([
      'high version-downgrade: web goes back to app version 7.9 from 8.1, with chart web 1.4.0',
    ])
  })

  test('an image that goes back, once for all objects that have it', async () => {
    const both = (tag: string) =>
      `${deployment(`registry.example/web:${tag}`)}---${deployment(`registry.example/web:${tag}`, 'worker')}`
    expect(await tellObjects(both('v1.2.3'), both('v1.2.2'))).toEqual([
      'high version-downgrade: Deployment shop/web and 1 more goes back to image registry.example/web:v1.2.2 from registry.example/web:v1.2.3',
    ])
  })

  test.each([
    ['a patch more', 'registry.example/web:v1.2.3', 'registry.example/web:v1.2.4'],
    ['a pinned digest', 'registry.example/web:v1.2.3', `registry.example/web:v1.2.3@${digest}`],
    ['another program', 'registry.example/nginx:1.27', 'registry.example/caddy:0.9'],
  ])('%s is no danger', async (_, before, after) => {
    expect(await tellObjects(deployment(before), deployment(after))).toEqual([])
  })

  test('another chart of a lower number is no danger', async () => {
    expect(await tellCharts(chart('5.0.0', '1.0'), chart('0.1.0', '1.0', 'store'))).toEqual([])
  })
})

describe('image-registry', () => {
  test('an image from elsewhere, told once for the unit', async () => {
    const before = `${deployment('registry.example/shop/web:1')}---${deployment('registry.example/shop/worker:1', 'worker')}`
    const after = `${deployment('shop/web:1')}---${deployment('shop/worker:1', 'worker')}`
    expect(await tellObjects(before, after)).toEqual([
      'high image-registry: Deployment shop/web and 1 more takes shop/web:1 and shop/worker:1 from docker.io instead of registry.example',
    ])
  })

  test('a container that runs something else from elsewhere', async () => {
    expect(
      await tellObjects(deployment('registry.example/web:1'), deployment('quay.io/miner/dig:1')),
    ).toEqual([
      'high image-registry: Deployment shop/web takes quay.io/miner/dig:1 from quay.io instead of registry.example',
    ])
  })

  test('an image of a custom resource', async () => {
    const monitor = (image: string) =>
      `apiVersion: monitoring.example/v1\nkind: Monitor\nmetadata: { name: main, namespace: shop }\nspec: { image: "${image}" }\n`
    expect(await tellObjects(monitor('registry.example/monitor:1'), monitor('quay.io/monitor:1'))).toEqual([
      'high image-registry: Monitor shop/main takes quay.io/monitor:1 from quay.io instead of registry.example',
    ])
  })

  test.each([
    ['the same registry in full', 'nginx:1.27', 'docker.io/library/nginx:1.27'],
    ['the same image by digest', `registry.example/web@${digest}`, `mirror.example/web@${digest}`],
    ['another folder of the registry', 'registry.example/shop/web:1', 'registry.example/store/web:1'],
  ])('%s is no danger', async (_, before, after) => {
    expect(await tellObjects(deployment(before), deployment(after))).toEqual([])
  })
})

describe('image-latest', () => {
  test('a tag that is given up', async () => {
    expect(
      await tellObjects(deployment('registry.example/web:1'), deployment('registry.example/web:latest')),
    ).toEqual([
      'medium image-latest: Deployment shop/web runs registry.example/web:latest instead of registry.example/web:1: whatever the registry has at the moment',
    ])
    expect(
      await tellObjects(deployment('registry.example/web:1'), deployment('registry.example/web')),
    ).toHaveLength(1)
  })

  test('a new object without a tag', async () => {
    expect(await tellGained(deployment('registry.example/web'))).toEqual([
      'medium image-latest: Deployment shop/web runs registry.example/web: whatever the registry has at the moment',
    ])
  })

  test.each([
    ['latest as before', 'registry.example/web:latest', 'registry.example/web'],
    ['a version at last', 'registry.example/web:latest', 'registry.example/web:1'],
    ['latest that is pinned', 'registry.example/web:1', `registry.example/web:latest@${digest}`],
  ])('%s is no danger', async (_, before, after) => {
    expect(await tellObjects(deployment(before), deployment(after))).toEqual([])
  })

  test('what stood as it is beside a change is no news', async () => {
    const other = `\n${rest.replace('rest', 'other')}`
    expect(await tellObjects(deployment('web:latest'), `${deployment('web:latest')}---${other}`)).toEqual([])
  })
})
