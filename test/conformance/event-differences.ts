import type { IntendedDifference } from './differences.ts'

/** What triggers generate, against the real code of Sveltos. */
export const eventDifferences: readonly IntendedDifference[] = [
  {
    reason:
      'with no event left nothing is generated for a trigger that is not oneForEvent: the controller withdraws its profile before it comes to the code that was run (sveltos.md 5.5)',
    cases: ['eventtrigger-own-f7cc74a5'],
  },
  {
    reason:
      'patchesFrom is kept and filled in as valuesFrom is, where the real code loses it (sveltos.md 5.4)',
    cases: ['eventtrigger-own-34632f8d', 'eventtrigger-own-bdb3b3ac'],
  },
  {
    reason:
      'an optional source that is missing is left out when units are worked out, so that the profile keeps the lines of its trigger',
    cases: ['eventtrigger-own-d7d60bf3', 'eventtrigger-own-e6643973'],
  },
  {
    reason: '`optional` of a generator holds, which the real code ignores (sveltos.md 5.4)',
    cases: ['eventtrigger-own-8aaf49b6'],
  },
]

/** What event sources see, against the agent of v0.51, the newest whose code the oracle could run. */
export const eventSourceDifferences: readonly IntendedDifference[] = [
  {
    reason: 'evaluateCEL is evaluated, which came after v0.51',
    cases: [
      'agent-eventsource-detect-service-bae613cc',
      'agent-eventsource-namespace-watcher-b8c9ae5d',
      'agent-eventsource-sveltos-service-47dc2d5b',
      'agent-eventsource-sveltos-service-c1e85b39',
    ],
  },
  {
    reason: '`Has` asks whether the label is there; v0.51 takes it for `Different` from ""',
    cases: ['agent-eventsource-detect-config-secret-02a8298f'],
  },
]
