import { describe, expect, it } from 'vitest'
import {
  configSchema,
  defaultConfig,
  strictestConfig,
  trustChanges,
  withTrusted,
} from '../../src/config/config.ts'
import { trustedSections } from '../../src/config/trusted-config.ts'
import type { FleetConfig } from '../../src/config/types.ts'

const base = defaultConfig

function changed(change: Partial<FleetConfig>): FleetConfig {
  return { ...base, ...change }
}

/** One head for each way to loosen something, with the field that is named. */
const loosened: readonly (readonly [string, FleetConfig])[] = [
  ['spec.facts.maxAge', changed({ facts: { maxAgeMs: base.facts.maxAgeMs * 2 } })],
  ['spec.rendered.branch', changed({ rendered: { ...base.rendered, branch: 'main' } })],
  ['spec.rendered.adopt', changed({ rendered: { ...base.rendered, adopt: true } })],
  ['spec.brakes.maxDeletedShare', changed({ brakes: { ...base.brakes, maxDeletedShare: 1 } })],
  ['spec.brakes.protect', changed({ brakes: { ...base.brakes, protect: ['Namespace'] } })],
  ['spec.secrets.allow', changed({ secrets: { allow: ['*/*'] } })],
  [
    'spec.review.commands.allow',
    changed({ review: { ...base.review, commands: { allow: ['write', 'read'] } } }),
  ],
  ['spec.review.silence', changed({ review: { ...base.review, silence: ['resolve/no-match'] } })],
  ['spec.sources.allowedHosts', changed({ sources: { allowedHosts: ['10.0.0.1'] } })],
  ['spec.app.onFleetChange', changed({ app: { ...base.app, onFleetChange: 'commit' } })],
]

/** Neither looser nor stricter, but what it does is not what the base says. */
const redirected: readonly (readonly [string, FleetConfig])[] = [
  ['spec.management', changed({ management: { context: 'elsewhere' } })],
  ['spec.rendered.delivery', changed({ rendered: { ...base.rendered, delivery: ['argocd'] } })],
  ['spec.rendered.mode', changed({ rendered: { ...base.rendered, mode: 'spoke' } })],
  ['spec.rendered.source', changed({ rendered: { ...base.rendered, source: { name: 'other' } } })],
  [
    'spec.rendered.argocd',
    changed({ rendered: { ...base.rendered, argocd: { ...base.rendered.argocd, project: 'other' } } }),
  ],
]

/** Stricter than the base. */
const tightened: readonly (readonly [string, FleetConfig])[] = [
  ['spec.facts.maxAge', changed({ facts: { maxAgeMs: 1000 } })],
  ['spec.brakes.maxDeletedShare', changed({ brakes: { ...base.brakes, maxDeletedShare: 0.01 } })],
  [
    'spec.brakes.protect',
    changed({ brakes: { ...base.brakes, protect: [...base.brakes.protect, 'Secret'] } }),
  ],
  ['spec.review.commands.allow', changed({ review: { ...base.review, commands: { allow: [] } } })],
  ['spec.app.onPush', changed({ app: { ...base.app, onPush: 'pull-request' } })],
]

describe('the configuration of a head', () => {
  it.each(loosened)('that loosens %s gives way to the base, and is named as looser', (field, head) => {
    expect(trustChanges(head, base)).toMatchObject([{ field, isLooser: true }])
    expect(withTrusted(head, base)).toEqual(base)
  })

  it.each(redirected)('that changes %s gives way to the base, and is named', (field, head) => {
    expect(trustChanges(head, base)).toMatchObject([{ field, isLooser: false }])
    expect(withTrusted(head, base)).toEqual(base)
  })

  it.each(tightened)('that tightens %s is named and not called looser', (field, head) => {
    expect(trustChanges(head, base)).toMatchObject([{ field, isLooser: false }])
  })

  it('says itself which files hold intent and which clusters there are', () => {
    const head = changed({
      intent: { include: ['fleet/**'], exclude: [] },
      clusters: [{ name: 'new', namespace: 'default', labels: {}, index: 0 }],
    })
    expect(trustChanges(head, base)).toEqual([])
    expect(withTrusted(head, base)).toEqual(head)
  })

  it('reaches clusters of the base as the base says, and new ones as it likes', () => {
    const cluster = (name: string, context?: string) => ({
      ...{ name, namespace: 'fleet', labels: {}, index: 0 },
      ...(context !== undefined && { context }),
    })
    const old = changed({ clusters: [cluster('a', 'ctx-a'), cluster('b'), cluster('gone', 'ctx')] })
    const head = changed({
      clusters: [
        { ...cluster('a', 'other'), labels: { env: 'x' } },
        cluster('b', 'other'),
        cluster('c', 'ctx-c'),
      ],
    })
    expect(withTrusted(head, old).clusters).toEqual([
      { ...cluster('a', 'ctx-a'), labels: { env: 'x' } },
      cluster('b'),
      cluster('c', 'ctx-c'),
    ])
    expect(trustChanges(head, old)).toMatchObject([
      {
        field: 'spec.clusters',
        before: '{"fleet/a":"ctx-a"}',
        after: '{"fleet/a":"other","fleet/b":"other"}',
        isLooser: false,
      },
    ])
    expect(trustChanges(changed({ clusters: [cluster('b'), cluster('c', 'ctx-c')] }), old)).toEqual([])
  })

  it('that would write without a pull request what the base proposes is looser, and does not get to', () => {
    const asked = changed({ app: { ...base.app, onPush: 'pull-request' } })
    expect(trustChanges(base, asked)).toMatchObject([
      {
        field: 'spec.app.onPush',
        before: '"pull-request"',
        after: '"commit"',
        isLooser: true,
        isInForce: false,
      },
    ])
    expect(withTrusted(base, asked).app.onPush).toBe('pull-request')
  })

  it('says no more of a long list than a line', () => {
    const allow = Array.from({ length: 10_000 }, (_, index) => `ns/${index}`)
    const [change] = trustChanges(changed({ secrets: { allow } }), base)
    expect(change?.after).toMatch(/^\["ns\/0","ns\/1",.{150,200}…$/)
  })

  it('keeps a shorter age of facts', () => {
    expect(withTrusted(changed({ facts: { maxAgeMs: 5 } }), base).facts).toEqual({ maxAgeMs: 5 })
  })

  it('that is equal says nothing', () => {
    expect(trustChanges(structuredClone(base), base)).toEqual([])
  })

  it('has no setting of a trusted section that nobody names', () => {
    const named = [...loosened, ...redirected, ...tightened].map(([field]) => field)
    const settings = trustedSections.flatMap((section) => {
      const schema = configSchema() as Node
      return leavesOf(schema.properties?.spec?.properties?.[section] ?? {}, `spec.${section}`)
    })
    expect(settings.length).toBeGreaterThan(15)
    const unnamed = settings.filter(
      (path) => !named.some((field) => path === field || path.startsWith(`${field}.`)),
    )
    expect(unnamed).toEqual([])
  })

  it('has no section that is trusted and that nobody names', () => {
    const named = [...loosened, ...redirected].map(([field]) => field.split('.')[1])
    expect([...new Set(named)].sort()).toEqual([...trustedSections].sort())
  })
})

describe('the strictest configuration', () => {
  it.each([...loosened, ...redirected, ...tightened, ['nothing', base] as const])(
    'is nowhere looser than one that changes %s',
    (_, config) => {
      expect(trustChanges(strictestConfig(config), config).filter(({ isLooser }) => isLooser)).toEqual([])
    },
  )

  it('is stricter than the defaults wherever these allow something', () => {
    const changes = trustChanges(base, strictestConfig(base))
    expect(changes.map(({ field, before, isLooser }) => [field, before, isLooser])).toEqual([
      ['spec.brakes.maxDeletedShare', '0', true],
      ['spec.review.commands.allow', '[]', true],
      ['spec.app.onPush', '"pull-request"', true],
    ])
  })

  it('protects what is protected by default whatever is written, and reaches no cluster', () => {
    const cluster = { name: 'a', namespace: 'fleet', labels: { env: 'x' }, index: 0 }
    const own = changed({
      clusters: [{ ...cluster, context: 'of-somebody' }],
      management: { context: 'of-somebody' },
      brakes: { maxDeletedShare: 1, protect: ['Secret'] },
      rendered: { ...base.rendered, branch: 'out', adopt: true },
    })
    expect(strictestConfig(own)).toMatchObject({
      clusters: [cluster],
      management: {},
      brakes: {
        maxDeletedShare: 0,
        protect: ['Namespace', 'CustomResourceDefinition', 'PersistentVolumeClaim', 'Secret'],
      },
      rendered: { branch: 'out', adopt: false },
    })
    expect(JSON.stringify(strictestConfig(own))).not.toContain('of-somebody')
  })
})

interface Node {
  readonly properties?: Readonly<Record<string, Node>>
}

function leavesOf({ properties }: Node, path: string): readonly string[] {
  if (!properties) return [path]
  return Object.entries(properties).flatMap(([key, child]) => leavesOf(child, `${path}.${key}`))
}
