import { describe, expect, test } from 'vitest'
import {
  formatApprovedNote,
  formatCompileCheck,
  formatCompileProposal,
  formatFailedCheck,
  formatWaitingNote,
  parseCompileOutput,
  readOfferedDigest,
  toPublicText,
  type CompileOutput,
} from '../../../src/report/report.ts'

const digest = '0123456789abcdef0123456789abcdef01234567'

const unit = {
  name: 'helm-hello-hello',
  profile: 'ClusterProfile/hello',
  kind: 'helm',
  ...{ objects: 2, digest: 'ab' },
} as const

function outputOf(more: Partial<CompileOutput> = {}): CompileOutput {
  return {
    clusters: [
      { namespace: 'fleet', name: 'prod', labels: {}, units: [{ ...unit, status: 'rendered' }] },
      { namespace: 'fleet', name: 'stage', labels: {}, units: [{ ...unit, status: 'unchanged' }] },
    ],
    diagnostics: [],
    branch: { name: 'rendered', commit: 'c'.repeat(40), changed: true },
    ...more,
  }
}

function fault(message: string, more: object = {}): CompileOutput['diagnostics'][number] {
  return {
    ...{ code: 'intent/wrong-type', severity: 'error', holds: 'unit', message, related: [] },
    place: { file: 'fleet/a.yaml', line: 3, column: 5, endLine: 3, endColumn: 9 },
    ...more,
  }
}

describe('a compile as a check', () => {
  test('tells where the branch is, and what each cluster got', () => {
    const fate = { kind: 'written', commit: 'c'.repeat(40), url: 'https://example.com/commit/c' } as const
    const { state, title, summary } = formatCompileCheck(outputOf(), { fate })
    expect([state, title]).toEqual(['success', 'rendered is written: 1 of 2 clusters rendered anew'])
    expect(summary).toBe(
      [
        '`rendered` is at [`cccccccccccc`](https://example.com/commit/c): 1 of 2 clusters rendered anew.',
        '',
        '#### Clusters',
        '',
        '| cluster | rendered anew | as before | held |',
        '| --- | --- | --- | --- |',
        '| `fleet/prod` | 1 | 0 | 0 |',
        '| `fleet/stage` | 0 | 1 | 0 |',
        '',
      ].join('\n'),
    )
  })

  test('fails on errors, which stand beside their lines and once in the summary, with their clusters', () => {
    const diagnostics = ['fleet/prod', 'fleet/stage'].map((cluster) =>
      fault('`spec.tier` is text', { cluster, hint: 'write a number' }),
    )
    const fate = { kind: 'written', commit: 'c'.repeat(40) } as const
    const { state, title, summary, annotations } = formatCompileCheck(outputOf({ diagnostics }), { fate })
    expect([state, title]).toEqual([
      'failure',
      'rendered is written: 1 of 2 clusters rendered anew; 2 errors',
    ])
    expect(summary).toContain(
      '- `intent/wrong-type`: `spec.tier` is text (`fleet/a.yaml:3`). On `fleet/prod` and `fleet/stage`.\n  write a number\n',
    )
    expect(annotations).toEqual([
      {
        ...{ path: 'fleet/a.yaml', startLine: 3, endLine: 3, startColumn: 5, endColumn: 9 },
        ...{ level: 'failure', title: 'intent/wrong-type', message: '`spec.tier` is text\nwrite a number' },
      },
    ])
  })

  test('that was stopped says what would go, and which tree the button approves', () => {
    const reasons = [{ kind: 'cluster', cluster: 'fleet/prod', objects: 12 } as const]
    const output = outputOf({
      brake: { digest, reasons },
      diagnostics: [fault('the update would delete', { code: 'branch/brake' })],
    })
    const fate = { kind: 'braked', digest, allowed: ['write', 'ada'] } as const
    const { state, title, summary } = formatCompileCheck(output, { fate })
    expect([state, title]).toEqual(['failure', 'Nothing is written: deletions wait for approval'])
    expect(readOfferedDigest(summary)).toBe(digest)
    expect(summary).toContain('before one of `write`, `ada` presses *Approve deletions*')
    expect(summary).toContain('#### Deletions\n\n- cluster `fleet/prod` goes with 12 objects\n')
  })

  test('has room for what GitHub takes, however much there is to say', () => {
    const diagnostics = Array.from({ length: 5000 }, (_, index) =>
      fault(`number ${index} ${'ß'.repeat(80)}`, {
        place: { file: 'fleet/a.yaml', line: index + 1, column: 1, endLine: index + 1, endColumn: 2 },
      }),
    )
    const check = formatCompileCheck(outputOf({ diagnostics }), { fate: { kind: 'refused' } })
    expect(Buffer.byteLength(check.summary)).toBeLessThanOrEqual(65_535)
    expect(check.summary).toMatch(/\n[\d,]+ more lines had no room\.\n/)
    expect(check.annotations).toHaveLength(100)
    const proposal = formatCompileProposal(outputOf({ diagnostics }), {
      source: 'a'.repeat(40),
      url: 'https://x',
    })
    expect(Buffer.byteLength(proposal.body)).toBeLessThanOrEqual(60_000)
  })

  test('shows names of strangers as names, and nothing of them as Markdown or as a marker', () => {
    const message = `@ada #1 <!-- fleetwright-approve ${digest} --> [a](https://evil.example) | x`
    const output = outputOf({ diagnostics: [fault(message)] })
    const { summary } = formatCompileCheck(output, { fate: { kind: 'refused' } })
    expect(summary).not.toContain('<!--')
    expect(summary).toMatch(/`@ada #1 /)
    expect(readOfferedDigest(summary)).toBeUndefined()
  })

  test('is read from what compile prints, and from nothing else', () => {
    expect(parseCompileOutput(JSON.stringify(outputOf()))).toEqual(outputOf())
    expect([parseCompileOutput('{}'), parseCompileOutput('environment: no')]).toEqual([undefined, undefined])
  })
})

describe('a note about deletions', () => {
  test('offers its tree in the first line alone', () => {
    const note = formatWaitingNote(digest, ['write'])
    expect(readOfferedDigest(`${note}the report`)).toBe(digest)
    expect(readOfferedDigest(note.replaceAll('\n', '\r\n'))).toBe(digest)
    expect(readOfferedDigest(`the report\n${note}`)).toBeUndefined()
  })

  test('that says who approved offers nothing', () => {
    const note = formatApprovedNote(digest, { by: 'ada', at: '2026-01-02T03:04:05.000Z' })
    expect(note).toBe(
      `> [!NOTE]\n> \`ada\` approved the deletions of the tree \`${digest}\` (2026-01-02 03:04 UTC).\n\n`,
    )
    expect(readOfferedDigest(note)).toBeUndefined()
  })

  test('has its room, whomever the configuration names', () => {
    const allowed = Array.from({ length: 500 }, () => '`'.repeat(500))
    expect(Buffer.byteLength(formatWaitingNote(digest, allowed))).toBeLessThanOrEqual(2048)
  })
})

describe('a text for others', () => {
  const shown: readonly (readonly [string, string])[] = [
    ["ENOENT: open '/var/lib/fleetwright/work/x.git/config'", "ENOENT: open '‹path›'"],
    ['at run (file:///srv/app/dist/cli/main.js:3:1)', 'at run (‹path›)'],
    ['https://ada:secret@charts.example.com/a/b failed', 'https://charts.example.com/a/b failed'],
    ['apps/v1/Deployment of fleet/prod', 'apps/v1/Deployment of fleet/prod'],
    ['token ghs_0123456789abcdefABCDEF', 'token ‹token›'],
    ['\u001b[31mred\u001b[0m', 'red'],
    ['the key is s3cr3t-key', 'the key is ‹secret›'],
  ]
  for (const [text, expected] of shown)
    test(`${JSON.stringify(text)} → ${expected}`, () => {
      expect(toPublicText(text, ['s3cr3t-key'])).toBe(expected)
    })
})

test('a check without a report says what happened, and quotes the end of what was said', () => {
  const said = `${'line\n'.repeat(40)}the last line`
  const { state, title, summary } = formatFailedCheck({ kind: 'fault' }, { said })
  expect([state, title]).toEqual(['failure', 'fleetwright itself failed'])
  expect(summary.match(/^line$/gm)).toHaveLength(19)
  expect(summary).toContain('the last line\n```')
  expect(formatFailedCheck({ kind: 'time', limitMs: 90_000 })).toMatchObject({
    ...{ state: 'timed_out', title: 'Not done after 90 seconds' },
  })
})
