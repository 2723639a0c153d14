import type { Rule } from '../rule.ts'

/** "[A]n add-on that changes owner" is among the dangers (design 8); the unit keeps its name and its folder (decision 12). */
export const ownerChanged: Rule = {
  name: 'owner-changed',
  severity: 'medium',
  what: 'Another profile owns an add-on now.',
  why: 'Of two profiles that want the same release or object, the lower tier has it. Values, order and checks are those of the new owner from now on, and so is what happens when it goes.',
  example: '  kind: ClusterProfile\n  spec:\n-   tier: 100\n+   tier: 10',
  fix: 'Compare what both profiles say. If both are to exist, let their selectors not overlap.',
  looksAt: 'unit',
  *find({ change: { change, unit, before, after } }) {
    if (change !== 'moved' || !before || !after || before.kind === 'namespaces') return
    yield { message: `${unit} is taken over by ${after.profile} from ${before.profile}` }
  },
}
