import { describe, expect, test } from 'vitest'
import {
  formatAnswer,
  formatComplaint,
  formatHelp,
  formatNoClusters,
  formatPrintedAnswer,
  formatRollbackAnswer,
  formatRollbackProposal,
} from '../../../src/report/report.ts'

const hostile = 'Fix @acme/ops #12 <!-- x --> ![i](http://e.vil/i.png) `a` closes #3'

describe('an answer', () => {
  test('names who asked what of which commit, and calls nobody', () => {
    const asked = { command: '/fleet diff env=prod', by: 'ada', head: '0123456789abcdef' }
    expect(formatAnswer(asked, 'Nothing.\n\n')).toBe(
      '`ada` asked `/fleet diff env=prod` about `0123456789ab`.\n\nNothing.\n',
    )
    expect(formatAnswer({ command: '/fleet help @acme `x`', by: 'ada' }, 'Help.')).toContain(
      'asked `` /fleet help @acme `x` ``.',
    )
  })

  test('tells back no more of a long command than its name', () => {
    const command = `/fleet explain ${'x'.repeat(400)}`
    expect(formatAnswer({ command, by: 'ada' }, 'Hm.')).toBe('`ada` asked `/fleet explain …`.\n\nHm.\n')
  })

  test('with what a command printed has as many lines as there is room for, and says how many are left out', () => {
    const lines = Array.from({ length: 5000 }, (_, index) => `line ${index}`)
    const text = formatPrintedAnswer(`${lines.join('\n')}\n`)
    expect(text.length).toBeLessThan(41_000)
    const shown = text.split('\n').filter((line) => line.startsWith('line ')).length
    expect(shown).toBeGreaterThan(1000)
    expect(text).toContain(`and ${(5000 - shown).toLocaleString('en')} more lines`)
  })

  test('to what was not understood repeats the complaint as prose', () => {
    expect(formatComplaint('usage: there is no cluster `a@b`; did you mean `fleet/a`?\n')).toBe(
      'There is no cluster `a@b`; did you mean `fleet/a`?',
    )
    expect(formatComplaint('')).toBe('That is not understood.')
  })

  test('with help has a table whose cells no pipe ends', () => {
    const row = { usage: '/fleet x a|b', help: 'Does x.', example: '/fleet x a' }
    expect(formatHelp([row], 'There is no command `y`.')).toContain(
      ['There is no command `y`.', '', '| Command | What it does | Such as |', '| :-- | :-- | :-- |'].join(
        '\n',
      ) + '\n| `/fleet x a\\|b` | Does x. | `/fleet x a` |\n',
    )
  })

  test('to a selector of no cluster says what may have been meant', () => {
    const clusters = [
      { id: 'fleet/eu', labels: { env: 'production' } },
      { id: 'apps/eu', labels: {} },
    ]
    expect(formatNoClusters(clusters, 'eu')).toBe(
      '`eu` is none of 2 clusters; did you mean `fleet/eu` or `apps/eu`?',
    )
    expect(formatNoClusters(clusters, 'env=productio')).toBe(
      '`env=productio` is none of 2 clusters; did you mean `env=production`?',
    )
    expect(formatNoClusters(clusters, 'tier=gold')).toBe(
      '`tier=gold` is none of 2 clusters. There are `fleet/eu`, `apps/eu`.',
    )
    expect(formatNoClusters([], 'eu')).toBe('`eu` is none of 0 clusters.')
  })
})

describe('a rollback', () => {
  const commit = { commit: '1'.repeat(40), subject: hostile }

  test('is proposed with texts in which those of commits are inert', () => {
    const { title, body } = formatRollbackProposal({
      ...{ cluster: 'fleet/eu', commits: [commit], rendered: '2'.repeat(40), by: 'ada' },
      link: 'https://github.com/acme/fleet/pull/5#issuecomment-6',
    })
    expect(title).not.toMatch(/[@#`]/)
    expect(title.length).toBeLessThanOrEqual(120)
    expect(body).toContain(
      '`ada` asked for it [in a comment](https://github.com/acme/fleet/pull/5#issuecomment-6).',
    )
    expect(body.replace(/`+[^`]*`+/g, '')).not.toMatch(/@acme|#12|#3|<!--|!\[/)
  })

  test('that cannot be made by itself names the files, as far as there is room', () => {
    const files = Array.from({ length: 200 }, (_, index) => `fleet/${index}.yaml`)
    const text = formatRollbackAnswer('fleet/eu', { kind: 'conflict', commit, files })
    expect(text).toContain('- `fleet/49.yaml`\n- and 150 more\n')
    expect(text).toContain('Revert it by hand: `git revert 111111111111`.')
  })

  test.each([
    [{ kind: 'standing', number: 7 }, '#7 is open for that already.'],
    [{ kind: 'first' }, 'there is no state to go back to'],
    [{ kind: 'rewritten', rendered: '3'.repeat(40) }, 'it was rewritten since'],
    [{ kind: 'too-many', commits: 33, most: 20 }, '33 commits came with the last change of `fleet/eu`'],
    [{ kind: 'not-intent', rendered: '3'.repeat(40), commits: 2 }, 'although 2 commits came with it'],
    [{ kind: 'old-git', version: 'git version 2.34.1' }, 'The app has `git version 2.34.1`'],
  ] as const)('says why there is none: %o', (result, expected) => {
    expect(formatRollbackAnswer('fleet/eu', result)).toContain(expected)
  })
})
