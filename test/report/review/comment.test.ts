import { Buffer } from 'node:buffer'
import { describe, expect, test } from 'vitest'
import type { ObjectFold, UnitFold } from '../../../src/compare/types.ts'
import { maxCommentLength, reservedCommentLength } from '../../../src/report/reviewer-port.ts'
import { formatComment } from '../../../src/report/review/comment.ts'
import type { Review } from '../../../src/report/types.ts'
import { readTemplates } from './read-templates.ts'
import {
  changedObject,
  clusterNames,
  danger,
  everything,
  field,
  fold,
  place,
  review,
  summary,
} from './sample-review.ts'
import { isBalanced, scanMarkdown } from './scan-markdown.ts'

const templates = await readTemplates()
const fleet = clusterNames(200)

function bodyOf(of: Review, limit?: number): string {
  return formatComment(of, { templates, ...(limit !== undefined && { limit }) }).body
}

/** Headings in their order. */
function headings(body: string): readonly string[] {
  return [...body.matchAll(/^#{3,4} (.*)$/gm)].map(([, heading = '']) => heading)
}

/** Everything between a line and the next heading. */
function section(body: string, heading: string): string {
  return body.split(`#### ${heading}\n`)[1]?.split('\n#### ')[0] ?? ''
}

describe('a comment with room for everything', () => {
  const { body, isEmpty, told } = formatComment(everything(), {
    templates,
    link: 'https://example.org/report',
  })

  test('tells the verdict first, then placement, dangers, and diffs after all of them', () => {
    expect(headings(body)).toEqual([
      'What this change does to the fleet',
      ...['Add-ons', 'Dangers', 'Upgrades', 'What is said anew', 'Deletions to approve'],
      ...['What this report cannot tell', 'Objects'],
    ])
    expect(body.split('\n')[2]).toBe(
      '`fleet/c009` is upgraded `v1.24.3` → `v1.25.0`, 2 clusters lose kyverno, 198 change grafana `8.0.0` → `8.1.0`; 3 dangers; deletions wait for approval; 1 new error.',
    )
    expect(isEmpty).toBe(false)
  })

  test('says at its end what was checked, and nothing where there was nothing to check', () => {
    const checked = '218 objects checked against schemas; 14 are of kinds without one.'
    expect(body).toContain(`3 clusters never observed.\n${checked}\nfleetwright`)
    expect(formatComment(review(), { templates }).body).not.toContain('checked')
  })

  test('shows each add-on with its versions, and many clusters behind their number', () => {
    const rows = section(body, 'Add-ons').trim().split('\n')
    expect(rows[2]).toBe(
      '| `helm-kyverno-kyverno` | lost | `kyverno 3.2.1` |  | `fleet/c000`, `fleet/c001` |',
    )
    expect(rows[3]).toContain(
      '| changed | `grafana 8.0.0` | `grafana 8.1.0` | <details><summary>198 clusters</summary>`fleet/c002`, ',
    )
    expect(rows[3]).toContain('`fleet/c199`</details> |')
  })

  test('names each danger with its clusters and its line, the severe ones first', () => {
    expect(section(body, 'Dangers').trim().split('\n')).toEqual([
      '3 dangers, 2 of them severe.',
      '',
      '- **high** `unit-removed`: Add-on `helm-kyverno-kyverno` is removed · `fleet/c000`, `fleet/c001` · `fleet/monitoring.yaml:1`',
      '- **high** `namespace-removed`: Namespace kyverno is removed with everything in it · `fleet/c000`, `fleet/c001`',
      '- **medium** `trust-loosened`: `brakes.protect` protects less',
    ])
  })

  test('says what an upgrade does and what follows', () => {
    const text = section(body, 'Upgrades')
    expect(text).toContain(
      '<code>fleet/c009</code>: <code>v1.24.3</code> → <code>v1.25.0</code> · 3 machines replaced',
    )
    expect(text).toContain('- label `gen`: `v1` → `v2` (by `Classifier/k125`)')
    expect(text).toContain(
      '- `policy/v1beta1 PodSecurityPolicy` is served no more: `PodSecurityPolicy restricted`',
    )
    expect(text).toContain('- then `helm-psp-psp` is lost')
  })

  test('says how deletions are approved', () => {
    const text = section(body, 'Deletions to approve')
    expect(text).toContain('`fleetwright compile --allow-delete 0123456789abcdef`')
    expect(text).toContain('- `fleet/c000` loses `Namespace kyverno`, which is protected')
  })

  test('shows fields with both values, texts by lines, and other values of other clusters in a table', () => {
    const text = section(body, 'Objects')
    expect(text).toContain('```diff\n@@ spec.replicas @@\n- 2\n+ 3\n')
    expect(text).toContain(
      '@@ spec.template.spec.containers[name=grafana].image @@\n- docker.io/grafana/grafana:11.0.0\n',
    )
    expect(text).toContain(
      '@@ data["grafana.ini"] @@\n  [server]\n  port = 80\n  [log]\n- level = info\n+ level = warn\n```',
    )
    expect(text).toContain('`metadata.annotations.size`\n\n| Before | After | Clusters |')
    expect(text).toContain(
      '| `small` | `huge` | 98 clusters (`fleet/c102`, `fleet/c103`, `fleet/c104` and 95 more) |',
    )
    expect(text).toContain('- image `docker.io/grafana/grafana:11.0.0` → `docker.io/grafana/grafana:11.1.0`')
    expect(text).toContain('- because version `8.1.0` is asked for · `fleet/monitoring.yaml:5`')
    expect(text).toContain('`Namespace kyverno` removed\n\n```diff\n- apiVersion: v1\n')
  })

  test('counts what is routine, and says so', () => {
    expect(section(body, 'Objects')).toContain('198 objects with routine changes only (chart-label 1).')
    expect(body).toContain(
      'In this text 398 of 596 changes of objects are shown, 198 summarised (198 of them routine).',
    )
    expect(told.objects).toEqual({ all: 596, shown: 398, summarised: 198, routine: 198 })
  })

  test('ends with the age of the facts, versions, link, command, and what machines may read', () => {
    expect(body).toContain(
      'the oldest 2d before: `fleet/c007`; no answer from `fleet/c007`; 3 clusters never observed.',
    )
    expect(body).toContain('fleetwright `0.1.0`, Helm `3.19.0`, Kustomize `5.7.1`.')
    expect(body).toContain('[The full report](https://example.org/report) shows everything.')
    expect(body).toContain('`fleetwright diff main bump`')
    const state =
      /^<!-- fleetwright-state (\{.*\}) -->\n$/.exec(body.split('\n').slice(-2).join('\n'))?.[1] ?? ''
    expect(JSON.parse(state)).toMatchObject({
      ...{ version: 1, baseline: 'pr', base: '1'.repeat(40), head: '2'.repeat(40) },
      totals: { clusters: { all: 200, changed: 200 } },
    })
  })
})

describe('other baselines', () => {
  const folds = [fold('policy-a', { change: 'lost', clusters: ['fleet/a'], before: summary('a') })]

  test('have headings of their own', () => {
    expect(headings(bodyOf(review({ baseline: 'pending', folds })))[0]).toBe(
      'Pending: what delivery has yet to do',
    )
    expect(headings(bodyOf(review({ baseline: 'drift', folds })))[0]).toBe(
      'Drift: what somebody else changed in the clusters',
    )
  })
})

describe('nothing to tell', () => {
  test('there is a text for where there was something before', () => {
    const { body, isEmpty } = formatComment(review(), { templates })
    expect(isEmpty).toBe(true)
    expect(body).toContain('No changes any more: this change does nothing on 3 clusters.')
    expect(headings(body)).toHaveLength(1)
  })

  test('a new warning is something to tell', () => {
    const added = [{ code: 'x/y', severity: 'warning', holds: 'nothing', message: 'odd', related: [] }]
    const { isEmpty } = formatComment(review({ diagnostics: { added, standing: 0, resolved: 0 } }), {
      templates,
    })
    expect(isEmpty).toBe(false)
  })
})

/** One chart on all clusters with many objects. */
function manyObjects(objects: number, unit = 'helm-stack', clusters: readonly string[] = fleet): UnitFold {
  return fold(unit, {
    clusters,
    before: summary(unit, unit, '1.0.0'),
    after: summary(unit, unit, '1.1.0'),
    objects: Array.from({ length: objects }, (_, index) =>
      changedObject('ConfigMap', `object-${index}`, { unit, clusters }, [
        field(['data', 'key'], `before-${index} ${'x'.repeat(index % 200)}`, `after-${index}`),
      ]),
    ),
  })
}

describe('a comment without room for everything', () => {
  test('1,500 objects on 200 clusters: within the limit, numbers true, all dangers named, the small diffs shown', () => {
    const large = review({
      clusters: fleet,
      folds: [manyObjects(1500)],
      comparisonDangers: Array.from({ length: 30 }, (_, index) =>
        danger('immutable-field', `ConfigMap object-${index} is immutable`, {
          ...{ clusters: fleet, unit: 'helm-stack', severity: 'medium' },
          object: place('ConfigMap', `object-${index}`, 'helm-stack'),
        }),
      ),
    })
    const start = performance.now()
    const { body, told } = formatComment(large, { templates, link: 'https://example.org/report' })
    expect(performance.now() - start).toBeLessThan(2000)
    const limit = maxCommentLength - reservedCommentLength
    expect(Buffer.byteLength(body)).toBeLessThanOrEqual(limit)
    // It makes use of the room that it has.
    expect(Buffer.byteLength(body)).toBeGreaterThan(limit * 0.9)
    expect(told.objects.all).toBe(300_000)
    expect(told.objects.shown).toBe((body.match(/^@@ /gm) ?? []).length * 200)
    expect(told.dangers).toEqual({ all: 30, named: 30, summarised: 0 })
    for (let index = 0; index < 30; index += 1) expect(body).toContain(`object-${index}\``)
    expect(body).toContain('All 200 clusters change')
    const rest = 1500 - told.objects.shown / 200
    expect(body).toContain(`${rest.toLocaleString('en-US')} more objects`)
    expect(body).toContain(
      `In this text ${told.objects.shown.toLocaleString('en-US')} of 300,000 changes of objects are shown, ${told.objects.summarised.toLocaleString('en-US')} summarised.`,
    )
  })

  test('objects that a danger is about are shown before others', () => {
    const large = review({
      clusters: fleet,
      folds: [manyObjects(1500)],
      comparisonDangers: [
        danger('immutable-field', 'it is immutable', {
          ...{ clusters: fleet, unit: 'helm-stack' },
          object: place('ConfigMap', 'object-1399', 'helm-stack'),
        }),
      ],
    })
    const text = section(bodyOf(large), 'Objects')
    expect(text).toContain('`ConfigMap web/object-1399` changed')
    expect(text).not.toContain('`ConfigMap web/object-1398` changed')
  })

  test('thousands of dangers are told by rule, with the first of each by name', () => {
    const clusters = fleet.slice(0, 37)
    const large = review({
      clusters: fleet,
      comparisonDangers: Array.from({ length: 5000 }, (_, index) =>
        danger('object-removed', `ConfigMap web/object-number-${index} is removed`, {
          clusters,
          object: place('ConfigMap', `object-number-${index}`, 'helm-stack'),
        }),
      ),
    })
    const { body, told } = formatComment(large, { templates })
    expect(section(body, 'Dangers')).toContain(
      '- **high** `object-removed`: 5,000 objects in 37 clusters: `ConfigMap web/object-number-0`, `ConfigMap web/object-number-1`, `ConfigMap web/object-number-2` and 4,997 more',
    )
    expect(body).toContain('In this text 5,000 dangers summarised by rule.')
    expect(told.dangers).toEqual({ all: 5000, named: 0, summarised: 5000 })
  })

  test('hundreds of dangers keep their names when their places have no room', () => {
    const large = review({
      clusters: fleet,
      comparisonDangers: Array.from({ length: 600 }, (_, index) =>
        danger(
          'object-removed',
          `ConfigMap web/object-number-${index} is removed, and this sentence is long enough`,
          {
            clusters: fleet.slice(0, 100),
            object: place('ConfigMap', `object-number-${index}`, 'helm-stack'),
          },
        ),
      ),
    })
    const { body, told } = formatComment(large, { templates })
    expect(told.dangers.named).toBe(600)
    for (let index = 0; index < 600; index += 1)
      expect(body).toContain(`\`ConfigMap web/object-number-${index}\``)
  })

  test('thousands of rows of add-ons become numbers by kind of change', () => {
    const folds = Array.from({ length: 3000 }, (_, index) =>
      fold(`helm-unit-${index}`, {
        ...{ change: 'lost', clusters: fleet.slice(index % 100, (index % 100) + 50) },
        before: summary(`u${index}`, `u${index}`),
      }),
    )
    const { body, told } = formatComment(review({ clusters: fleet, folds }), { templates })
    expect(Buffer.byteLength(body)).toBeLessThanOrEqual(maxCommentLength)
    expect(body).toMatch(/And [\d,]+ more rows: [\d,]+ add-ons lost on 149 clusters\./)
    expect(told.units).toEqual({ all: 3000, shown: told.units.shown, summarised: 3000 - told.units.shown })
  })

  test('names of clusters that were told once are referred to', () => {
    const clusters = fleet.slice(2)
    const folds = ['helm-a', 'helm-b'].map((unit) => manyObjects(1, unit, clusters))
    const rows = section(bodyOf(review({ clusters: fleet, folds })), 'Add-ons')
    expect(rows).toContain('<details><summary>198 clusters</summary>`fleet/c002`')
    expect(rows).toContain('| the same 198 clusters as `helm-a` |')
  })

  test('however little room there is, what is left is whole', () => {
    for (const limit of [4096, 5000, 6000, 8000, 12_000, 30_000]) {
      const body = bodyOf(everything(), limit)
      expect(Buffer.byteLength(body)).toBeLessThanOrEqual(limit)
      const { details, openFences, comments } = scanMarkdown(body)
      expect(isBalanced(details)).toBe(true)
      expect(openFences).toBe(0)
      expect(comments).toHaveLength(1)
    }
  })

  test('200 clusters with ten add-ons and 1,500 folds take well under a second', () => {
    const folds = Array.from({ length: 1500 }, (_, index) =>
      manyObjects(3, `helm-unit-${index % 10}`, fleet.slice(index % 150, (index % 150) + 40)),
    )
    const large = review({ clusters: fleet, folds })
    bodyOf(large)
    const start = performance.now()
    expect(Buffer.byteLength(bodyOf(large))).toBeLessThanOrEqual(maxCommentLength)
    expect(performance.now() - start).toBeLessThan(1500)
  })
})

describe('what is said of several clusters in the same words', () => {
  const clusters = ['fleet/a', 'fleet/b', 'fleet/c']

  test('is said once, without the name of any', () => {
    const added = clusters.map((cluster) => ({
      ...{ code: 'resolve/facts-too-old', severity: 'error', holds: 'cluster', cluster, related: [] },
      message: `the facts of ${cluster} are too old`,
    }))
    const body = bodyOf(review({ diagnostics: { added, standing: 0, resolved: 0 } }))
    expect(section(body, 'What is said anew')).toContain(
      '- **error** `resolve/facts-too-old`: the facts of `⟨cluster⟩` are too old · all 3 clusters',
    )
    expect(body).toContain('1 new error.')
  })

  test('and so is what is held', () => {
    const held = clusters.map((cluster) => ({ cluster, reason: `the facts of ${cluster} are too old` }))
    expect(
      section(bodyOf(review({ held, dangers: [danger('privileged', 'x')] })), 'What this report cannot tell'),
    ).toContain('- the facts of `⟨cluster⟩` are too old: 3 clusters (`fleet/a`, `fleet/b`, `fleet/c`)')
  })

  test('what delivers an add-on has the name of each in its own', () => {
    const delivered = {
      ...changedObject('Kustomization', 'a.helm-x', { unit: 'helm-x', clusters }, [
        field(['spec', 'prune'], true, false),
      ]),
      delivery: true as const,
    }
    expect(bodyOf(review({ folds: [fold('helm-x', { clusters, objects: [delivered] })] }))).toContain(
      '`Kustomization web/⟨name⟩.helm-x` changed, which delivers the add-on',
    )
  })
})

test('where there is room for some, whole objects that go are left out first', () => {
  const removed = Array.from({ length: 400 }, (_, index): ObjectFold => ({
    ...{ change: 'removed', before: place('ConfigMap', `gone-${index}`, 'helm-old') },
    ...{ clusters: ['fleet/a'], routine: false, fields: [], value: { data: { key: 'x'.repeat(200) } } },
  }))
  const { body, told } = formatComment(
    review({
      folds: [
        fold('helm-old', { change: 'lost', clusters: ['fleet/a'], before: summary('old'), objects: removed }),
        manyObjects(100, 'helm-new', ['fleet/b']),
      ],
    }),
    { templates },
  )
  for (let index = 0; index < 100; index += 1)
    expect(body).toContain(`\`ConfigMap web/object-${index}\` changed`)
  expect(told.objects.shown).toBeGreaterThan(100)
  expect(told.objects.summarised).toBeGreaterThan(100)
})

test('an object that only moves says from where', () => {
  const moved: ObjectFold = {
    ...{ change: 'moved', clusters: ['fleet/a'], routine: false, fields: [] },
    before: place('ConfigMap', 'x', 'helm-old'),
    after: place('ConfigMap', 'x', 'helm-new'),
  }
  const folds = [fold('helm-new', { clusters: ['fleet/a'], objects: [moved] })]
  expect(bodyOf(review({ folds }))).toContain('`ConfigMap web/x` moved from `helm-old`')
})

test('values that differ by the name of the cluster alone share a line', () => {
  const object = changedObject('Ingress', 'x', { unit: 'helm-a', clusters: ['fleet/a', 'fleet/b'] }, [
    {
      ...{ path: ['spec', 'host'], change: 'changed' },
      values: [
        { clusters: ['fleet/a'], before: 'old', after: 'www.a.example.org' },
        { clusters: ['fleet/b'], before: 'old', after: 'www.b.example.org' },
      ],
    },
  ])
  const body = bodyOf(
    review({ folds: [fold('helm-a', { clusters: ['fleet/a', 'fleet/b'], objects: [object] })] }),
  )
  expect(body).toContain(
    '@@ spec.host (⟨name⟩ is the name of each cluster) @@\n- old\n+ www.⟨name⟩.example.org',
  )
})
