import fc from 'fast-check'
import { describe, expect, test } from 'vitest'
import {
  fleetBranch,
  planProposals,
  proposes,
  type ProposalEffect,
  type ProposalSituation,
  type WantedProposal,
} from '../../src/review/plan-proposals.ts'
import { proposalDigest, readProposalMarker, withProposalMarker } from '../../src/review/proposal-marker.ts'
import type { Proposal } from '../../src/review/proposals-port.ts'

const wanted: WantedProposal = {
  ...{ reason: 'prod/eu', title: 'prod/eu serves 1.34', body: 'Because of `k134`.', content: 'tree-1' },
}
/** The first 16 digits of sha256 of `tree-1`, as sha256sum has it. */
const digest1 = '2943c80472b1cd8a'
const said = `<!-- fleetwright-proposal ${digest1} -->\nBecause of \`k134\`.`
const standing: Proposal = {
  ...{ number: 12, url: '', head: 'fleetwright/fleet/prod/eu', base: 'rendered' },
  ...{ title: 'prod/eu serves 1.34', body: said },
}

function plan(more: Partial<ProposalSituation> = {}) {
  return planProposals({ wanted: [], standing: [], declined: new Map(), base: 'rendered', ...more })
}

describe('one pull request for each reason', () => {
  test('is opened, its content in a line that nobody sees', () => {
    expect(plan({ wanted: [wanted] })).toEqual({
      branches: new Map([['fleetwright/fleet/prod/eu', wanted]]),
      effects: [
        { type: 'open', branch: 'fleetwright/fleet/prod/eu', title: 'prod/eu serves 1.34', body: said },
      ],
    })
  })

  test('that says so already is left alone, with whatever line ends GitHub gives', () => {
    const body = `${said.replaceAll('\n', '\r\n')}\r\n`
    expect(plan({ wanted: [wanted], standing: [{ ...standing, body }] })).toEqual({
      ...{ branches: new Map([['fleetwright/fleet/prod/eu', wanted]]), effects: [] },
    })
  })

  test.each<[string, Partial<WantedProposal>]>([
    ['the content is another', { content: 'tree-2' }],
    ['the title is another', { title: 'prod/eu serves 1.35' }],
    ['the text is another', { body: 'Because of `k135`.' }],
  ])('is updated when %s', (_, more) => {
    const { effects } = plan({ wanted: [{ ...wanted, ...more }], standing: [standing] })
    expect(effects.map(({ type }) => type)).toEqual(['update'])
    expect(effects).toMatchObject([{ number: 12, title: more.title ?? wanted.title }])
  })

  test('is brought back to what it says when somebody edited it', () => {
    const edited = { ...standing, body: 'mine' }
    expect(plan({ wanted: [wanted], standing: [edited] }).effects).toEqual([
      { type: 'update', number: 12, title: wanted.title, body: said },
    ])
  })

  test('is closed when the reason is gone', () => {
    expect(plan({ standing: [standing] })).toEqual({
      branches: new Map(),
      effects: [
        {
          ...{ type: 'close', number: 12, branch: 'fleetwright/fleet/prod/eu' },
          why: 'The reason for this is gone: with what the clusters say now, it would change nothing.',
        },
      ],
    })
  })

  test('stays when there are two: the one with the lower number', () => {
    const twice = [{ ...standing, number: 14 }, standing]
    expect(plan({ wanted: [wanted], standing: twice }).effects).toEqual([
      { type: 'close', number: 14, branch: 'fleetwright/fleet/prod/eu', why: '#12 proposes the same.' },
    ])
  })

  test('is closed before another is opened where the rendered branch is another now', () => {
    const { effects } = plan({ wanted: [wanted], standing: [standing], base: 'live' })
    expect(effects).toEqual([
      {
        type: 'close',
        number: 12,
        branch: 'fleetwright/fleet/prod/eu',
        why: 'The rendered branch is `live` now.',
      },
      { type: 'open', branch: 'fleetwright/fleet/prod/eu', title: wanted.title, body: said },
    ])
  })

  test('wanted twice for one reason is our mistake', () => {
    expect(() => plan({ wanted: [wanted, wanted] })).toThrow('each reason is wanted once')
  })
})

describe('what a person closed', () => {
  const declined = new Map([['fleetwright/fleet/prod/eu', digest1]])

  test('is not opened again, and gets no branch', () => {
    expect(plan({ wanted: [wanted], declined })).toEqual({ branches: new Map(), effects: [] })
  })

  test('is opened again when it would say something else', () => {
    const { effects } = plan({ wanted: [{ ...wanted, content: 'tree-2' }], declined })
    expect(effects.map(({ type }) => type)).toEqual(['open'])
  })

  test('with another text only is the same', () => {
    expect(plan({ wanted: [{ ...wanted, title: 'x', body: 'y' }], declined }).effects).toEqual([])
  })

  test('and opened again himself is kept', () => {
    expect(plan({ wanted: [wanted], standing: [standing], declined }).effects).toEqual([])
  })

  test('says nothing about other reasons', () => {
    const us = { ...wanted, reason: 'prod/us' }
    expect(plan({ wanted: [us], declined }).effects.map(({ type }) => type)).toEqual(['open'])
  })
})

describe('the marker', () => {
  test('is read from the first line alone', () => {
    expect(readProposalMarker(said)).toBe(digest1)
    expect(readProposalMarker(said.replaceAll('\n', '\r\n'))).toBe(digest1)
    for (const body of ['', `hello\n${said}`, '<!-- fleetwright-proposal x -->', `x${said}`])
      expect(readProposalMarker(body)).toBeUndefined()
  })

  test('tells whether a proposal is of this content', () => {
    expect(proposes(standing, 'tree-1')).toBe(true)
    expect(proposes(standing, 'tree-2')).toBe(false)
    expect(proposes({ body: 'mine' }, 'tree-1')).toBe(false)
  })
})

describe('the branch of a reason', () => {
  test('is the id of a cluster', () => {
    expect(fleetBranch('prod/eu-1')).toBe('fleetwright/fleet/prod/eu-1')
  })

  test.each([
    ['prod', 'prod'],
    ['Prod/EU', 'prod-eu'],
    ['prod/eu.lock', 'prod-eu-lock'],
    ['prod/eu/x', 'prod-eu-x'],
    ['a..b/c', 'a-b-c'],
    ['--upload-pack=x', 'upload-pack-x'],
    ['', 'change'],
    ['…', 'change'],
    ['x'.repeat(300), 'x'.repeat(40)],
  ])('%j is one word and a hash', (reason, word) => {
    const branch = fleetBranch(reason)
    expect(branch).toMatch(/^fleetwright\/fleet\/[a-z0-9-]+_[0-9a-f]{16}$/)
    expect(branch.slice('fleetwright/fleet/'.length, -17)).toBe(word)
  })

  test('is a name that Git takes, and no two have one or lie in each other', () => {
    const part = fc.oneof(
      fc.constantFrom('a', 'b', 'a-b', 'a.lock', '..', '.a', 'A', '', 'x'.repeat(200)),
      fc.string({ maxLength: 4 }),
    )
    const reason = fc.array(part, { minLength: 1, maxLength: 3 }).map((parts) => parts.join('/'))
    fc.assert(
      fc.property(reason, reason, (one, two) => {
        const [first, second] = [fleetBranch(one), fleetBranch(two)]
        expect(first).toMatch(/^fleetwright\/fleet\/[a-z0-9][a-z0-9._/-]{0,160}$/)
        expect(first).not.toMatch(/\.\.|\/\/|\/\.|\.lock(\/|$)|[./]$/)
        if (one !== two) expect(`${second}/`.startsWith(`${first}/`)).toBe(false)
      }),
    )
  })
})

/** What GitHub has afterwards. */
function apply(before: readonly Proposal[], effects: readonly ProposalEffect[], base: string): Proposal[] {
  const after = [...before]
  for (const effect of effects) {
    const at = 'number' in effect ? after.findIndex(({ number }) => number === effect.number) : -1
    const found = after[at]
    if (effect.type === 'open')
      after.push({
        ...effect,
        number: 1 + Math.max(0, ...after.map(({ number }) => number)),
        url: '',
        head: effect.branch,
        base,
      })
    else if (found !== undefined)
      after.splice(at, 1, ...(effect.type === 'update' ? [{ ...found, ...effect }] : []))
  }
  return after
}

test('whatever stands, one round leaves one proposal for each reason that nobody declined, and the next has nothing to do', () => {
  const reason = fc.constantFrom('prod/eu', 'prod/us', 'a', 'B')
  const content = fc.constantFrom('tree-1', 'tree-2')
  const text = fc.constantFrom('x', 'y\r\nz', 'z ')
  const wants = fc.uniqueArray(fc.record({ reason, title: text, body: text, content }), {
    selector: (each) => each.reason,
  })
  const stands = fc.uniqueArray(
    fc.record({
      ...{ number: fc.integer({ min: 1, max: 30 }), url: fc.constant(''), title: text },
      head: fc.oneof(reason.map(fleetBranch), fc.constant('fleetwright/fleet/other')),
      base: fc.constantFrom('rendered', 'live'),
      body: fc.oneof(
        text,
        fc.tuple(content, text).map(([of, body]) => withProposalMarker(proposalDigest(of), body)),
      ),
    }),
    { selector: ({ number }) => number },
  )
  const declines = fc.dictionary(reason, content).map((entries) => {
    return new Map(Object.entries(entries).map(([of, what]) => [fleetBranch(of), proposalDigest(what)]))
  })
  fc.assert(
    fc.property(wants, stands, declines, (all, before, declined) => {
      const situation = { wanted: all, declined, base: 'rendered' }
      const { branches, effects } = plan({ ...situation, standing: before })
      const after = apply(before, effects, 'rendered')
      expect(plan({ ...situation, standing: after })).toEqual({ branches, effects: [] })
      expect(after.map(({ head }) => head).toSorted()).toEqual([...branches.keys()].toSorted())
      expect(after.every(({ base }) => base === 'rendered')).toBe(true)
    }),
  )
})
