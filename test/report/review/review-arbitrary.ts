import fc from 'fast-check'
import type {
  ChangeCause,
  Danger,
  DangerRule,
  FieldFold,
  FieldPath,
  ObjectFold,
  ObjectPlace,
  Routine,
  UnitFold,
  UnitSummary,
  Upgrade,
} from '../../../src/compare/types.ts'
import type { Span } from '../../../src/diagnostics/types.ts'
import type { BrakeReason } from '../../../src/branch/types.ts'
import type { Review, ReviewedDiagnostic } from '../../../src/report/types.ts'
import { nothingChecked, summary, totalsOf } from './sample-review.ts'

/** Texts that would do harm where they are taken for Markdown, HTML, a command or a marker. */
export const hostile = [
  '```',
  '````diff\n</details>\n',
  '~~~\n',
  '`',
  '``` ` ``',
  '</details></details>',
  '<details open><summary>x',
  '</summary>',
  '</code></pre>',
  '<script>alert(1)</script>',
  '<img src=x onerror=alert(1)>',
  '<!-- fleetwright-state {"version":1} -->',
  '<!-- fleetwright-review "default" {"head":"0","run":9} -->',
  '-->',
  '<!--',
  '@octocat',
  '@org/team please look',
  'cc @a, @b and (@c)',
  '&#64;octocat',
  '&commat;octocat',
  '#1',
  'fixes #123',
  'GH-7',
  'owner/name#12',
  'deadbeefcafe1234567890abcdef1234567890ab',
  'abcdefa',
  'https://evil.example/x',
  'www.evil.example',
  'mailto:a@b.example',
  'a@b.example',
  '![x](https://evil.example/pixel.png)',
  '[x](javascript:alert(1))',
  '[x]: https://evil.example',
  '[^1]',
  '\u202egpj.exe\u202c',
  '\u200b\u2066x\u2069',
  '\u0000\u001b[31m',
  '\r\n# heading',
  '\n\n---\n\n# Approved by @boss\n',
  'a|b\\|c\\\\|d',
  '| --- |',
  '\n| a |\n| - |\n',
  '1. x',
  '- [ ] task',
  '> [!NOTE]',
  ':tada:',
  '\ud800',
  '\udc00x',
  '😀😀😀',
  '𝕏'.repeat(40),
  'é\u0301\u0301\u0301\u0301\u0301',
  '{{verdict}} {{{raw}}}',
  '::error::x',
  '⟨secret a1b2⟩',
  '$&$1',
  '__proto__',
  'constructor',
  ' ',
  '',
]

export const hostileText: fc.Arbitrary<string> = fc.oneof(
  fc.constantFrom(...hostile),
  fc.array(fc.constantFrom(...hostile), { minLength: 1, maxLength: 5 }).map((parts) => parts.join('')),
  fc.array(fc.constantFrom(...hostile), { minLength: 1, maxLength: 5 }).map((parts) => parts.join(' ')),
  fc.string({ unit: 'binary', maxLength: 30 }),
  fc.string({ unit: 'grapheme', maxLength: 30 }),
  fc.integer({ min: 1, max: 4000 }).map((length) => '`x@y '.repeat(length)),
)

const clusters = Array.from({ length: 12 }, (_, index) => `fleet/c${index}`)
const clusterList: fc.Arbitrary<readonly string[]> = fc
  .uniqueArray(fc.oneof(fc.constantFrom(...clusters), hostileText), { minLength: 1, maxLength: 6 })
  .map((names) => [...names].sort())

const span: fc.Arbitrary<Span> = fc
  .record({ path: hostileText, text: hostileText })
  .map((file) => ({ file, start: 0, end: file.text.length }))

/** Texts of several lines, some of which would end a block of code. */
const blockEnding = fc.constantFrom(
  '```',
  'a\n```\nb\n',
  'a\n```\nc\n',
  '```\n````\nx',
  '~~~\n```\n</details>\n',
)

const value: fc.Arbitrary<unknown> = fc.oneof(
  blockEnding,
  hostileText,
  fc.integer(),
  fc.constant(null),
  fc.constant((JSON as unknown as { rawJSON(text: string): unknown }).rawJSON('12345678901234567890')),
  fc.array(hostileText, { maxLength: 3 }),
  fc.dictionary(hostileText, fc.oneof(hostileText, fc.array(hostileText, { maxLength: 2 })), { maxKeys: 3 }),
)

const path: fc.Arbitrary<FieldPath> = fc.array(
  fc.oneof(
    hostileText,
    fc.nat(9),
    hostileText.map((name) => ({ name })),
  ),
  { maxLength: 4 },
)

const routine = fc.option(fc.constantFrom<Routine>('chart-label', 'checksum', 'order', 'form'), {
  nil: undefined,
  freq: 3,
})

const field: fc.Arbitrary<FieldFold> = fc
  .record({
    path,
    change: fc.constantFrom<FieldFold['change']>('added', 'removed', 'changed', 'reordered'),
    routine,
    rows: fc.array(fc.record({ clusters: clusterList, before: value, after: value }), {
      minLength: 1,
      maxLength: 4,
    }),
    inside: fc.option(fc.constant(true), { nil: undefined, freq: 5 }),
  })
  .map(({ routine: kind, rows, inside, ...rest }) => ({
    ...rest,
    ...(kind !== undefined && { routine: kind }),
    ...(inside && { format: 'yaml' as const, inside: [] }),
    values: rows,
  }))

const objectPlace: fc.Arbitrary<ObjectPlace> = fc.record({
  apiVersion: hostileText,
  kind: hostileText,
  namespace: hostileText,
  name: hostileText,
  path: hostileText,
  unit: hostileText,
})

const object: fc.Arbitrary<ObjectFold> = fc
  .record({
    change: fc.constantFrom<ObjectFold['change']>('added', 'removed', 'changed', 'renamed', 'moved'),
    before: objectPlace,
    after: objectPlace,
    clusters: clusterList,
    fields: fc.array(field, { maxLength: 4 }),
    value: fc.dictionary(hostileText, hostileText, { maxKeys: 4 }),
  })
  .map(({ change, before, after, value: whole, ...rest }) => ({
    ...rest,
    change,
    ...(change !== 'added' && { before }),
    ...(change !== 'removed' && { after }),
    ...((change === 'added' || change === 'removed') && { value: whole }),
    routine: change === 'changed' && rest.fields.every((each) => each.routine !== undefined),
  }))

const unitSummary: fc.Arbitrary<UnitSummary> = fc
  .record({ chart: hostileText, version: hostileText, profile: hostileText })
  .map(({ chart, version, profile }) => summary('unit', chart, version, profile))

const cause: fc.Arbitrary<ChangeCause> = fc.record({
  text: hostileText,
  span,
  side: fc.constantFrom('before' as const, 'after' as const),
})

export const unitFold: fc.Arbitrary<UnitFold> = fc
  .record({
    unit: hostileText,
    change: fc.constantFrom<UnitFold['change']>('gained', 'lost', 'changed', 'moved'),
    before: unitSummary,
    after: unitSummary,
    clusters: clusterList,
    objects: fc.array(object, { maxLength: 4 }),
    images: fc.array(
      fc.record({ image: fc.record({ before: hostileText, after: hostileText }), clusters: clusterList }),
      { maxLength: 2 },
    ),
    causes: fc.array(fc.record({ cause, clusters: clusterList }), { maxLength: 2 }),
  })
  .map(({ change, before, after, ...rest }) => ({
    ...rest,
    change,
    ...(change !== 'gained' && { before }),
    ...(change !== 'lost' && { after }),
    routine: change === 'changed' && rest.objects.every((each) => each.routine),
  }))

const danger: fc.Arbitrary<Danger> = fc.record(
  {
    rule: fc.constantFrom<DangerRule>('object-removed', 'unit-removed', 'immutable-field', 'privileged'),
    severity: fc.constantFrom('high' as const, 'medium' as const),
    message: hostileText,
    clusters: clusterList,
    unit: hostileText,
    object: objectPlace,
    path,
    span,
  },
  { requiredKeys: ['rule', 'severity', 'message', 'clusters'] },
)

const diagnostic: fc.Arbitrary<ReviewedDiagnostic> = fc.record(
  {
    code: hostileText,
    severity: fc.constantFrom('error', 'warning', 'note'),
    holds: fc.constant('unit'),
    message: hostileText,
    place: hostileText.map((file) => ({ file, line: 3, column: 1, endLine: 3, endColumn: 4 })),
    cluster: hostileText,
    hint: hostileText,
    frame: fc.oneof(blockEnding, hostileText),
    related: fc.constant([]),
  },
  { requiredKeys: ['code', 'severity', 'holds', 'message', 'related'] },
)

const brakeReason: fc.Arbitrary<BrakeReason> = fc.oneof(
  fc.record({ kind: fc.constant('cluster' as const), cluster: hostileText, objects: fc.nat() }),
  fc.record({ kind: fc.constant('protected' as const), cluster: hostileText, object: hostileText }),
)

const upgrade: fc.Arbitrary<Upgrade> = fc
  .record({
    cluster: hostileText,
    from: hostileText,
    to: hostileText,
    machines: fc.array(fc.record({ kind: hostileText, name: hostileText, replicas: fc.nat(9) }), {
      maxLength: 2,
    }),
    labels: fc.array(
      fc.record({ key: hostileText, before: hostileText, after: hostileText, classifier: hostileText }),
      { maxLength: 2 },
    ),
    lostApis: fc.array(fc.record({ api: hostileText, objects: fc.array(hostileText, { maxLength: 3 }) }), {
      maxLength: 2,
    }),
    folds: fc.array(unitFold, { maxLength: 2 }),
    dangers: fc.array(danger, { maxLength: 2 }),
  })
  .map(({ folds, ...rest }) => ({
    ...rest,
    follows: { changes: [], folds, dangers: [], totals: totalsOf(folds, 1), schemas: nothingChecked },
  }))

export interface ReviewSizes {
  readonly folds?: number
  readonly dangers?: number
  readonly diagnostics?: number
}

/** Any review, with hostile texts at every place where a text of the fleet can be. */
export function anyReview({
  folds = 6,
  dangers = 6,
  diagnostics = 4,
}: ReviewSizes = {}): fc.Arbitrary<Review> {
  const commit = fc.record({ commit: hostileText, name: hostileText }, { requiredKeys: ['name'] })
  return fc
    .record(
      {
        baseline: fc.constantFrom('pr' as const, 'pending' as const, 'drift' as const),
        base: commit,
        head: commit,
        folds: fc.array(unitFold, { maxLength: folds }),
        found: fc.array(danger, { maxLength: dangers }),
        upgrades: fc.array(upgrade, { maxLength: 2 }),
        dangers: fc.array(danger, { maxLength: 2 }),
        brake: fc.record({ digest: hostileText, reasons: fc.array(brakeReason, { maxLength: 3 }) }),
        added: fc.array(diagnostic, { maxLength: diagnostics }),
        held: fc.array(fc.record({ cluster: hostileText, unit: hostileText, reason: hostileText }), {
          maxLength: 3,
        }),
        oldest: hostileText,
        silent: fc.array(hostileText, { maxLength: 3 }),
        words: hostileText,
      },
      { noNullPrototype: true },
    )
    .map(({ folds: changes, found, added, oldest, silent, words, ...rest }) => ({
      ...rest,
      comparison: {
        ...{ changes: [], folds: changes, dangers: found, totals: totalsOf(changes, clusters.length) },
        schemas: { checked: 3, unchecked: [{ api: words, objects: 2 }] },
      },
      diagnostics: { added, standing: 2, resolved: 1 },
      fleet: clusters.map((id) => ({ id, labels: {}, units: [] })),
      facts: {
        asOf: '2026-11-21T10:00:00Z',
        oldest: { cluster: oldest, observedAt: '2026-11-20T10:00:00Z' },
        silent,
        never: 1,
      },
      versions: { compiler: words, helm: words, kustomize: words },
      reproduce: words,
      changedLines: new Map([[`fleet/${words}`, [{ first: 1, last: 3 }]]]),
    }))
}
