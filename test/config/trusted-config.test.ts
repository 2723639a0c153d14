import { describe, expect, it } from 'vitest'
import { defaultConfig, trustChanges, withTrusted } from '../../src/config/config.ts'
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

  it('keeps a shorter age of facts', () => {
    expect(withTrusted(changed({ facts: { maxAgeMs: 5 } }), base).facts).toEqual({ maxAgeMs: 5 })
  })

  it('that is equal says nothing', () => {
    expect(trustChanges(structuredClone(base), base)).toEqual([])
  })

  it('has no section that is trusted and that nobody names', () => {
    const named = [...loosened, ...redirected].map(([field]) => field.split('.')[1])
    expect([...new Set(named)].sort()).toEqual([...trustedSections].sort())
  })
})
