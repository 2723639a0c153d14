import type { RuleText } from './rule.ts'

/** Dangers that are not in what is rendered, and that the review finds itself. */
export const toldElsewhere = {
  factsOld: {
    name: 'facts-old',
    severity: 'medium',
    what: 'A cluster that the change touches was not observed for longer than `facts.maxAge`, or never.',
    why: '"[W]here facts […] of a cluster are incomplete, its folder on the rendered branch stays as it was": this review does not show what the change will do there.',
    example: '  facts:\n    maxAge: 24h # and production/prod-ap was last seen three days ago',
    fix: 'Run `fleetwright observe`, and look at the review again.',
  },
  impureChart: {
    name: 'impure-chart',
    severity: 'medium',
    what: 'A chart draws on randomness or the clock, and did not before.',
    why: 'What it draws follows from `FLEETWRIGHT_KEY` and its inputs, so that the next compile gives the same (decision 5). With other inputs it draws anew: passwords and certificates change with any value.',
    example: '+ password: {{ randAlphaNum 16 | quote }}',
    fix: 'Take generated values from outside: External Secrets, cert-manager, a Secret that the chart only refers to.',
  },
  brake: {
    name: 'brake',
    severity: 'high',
    what: 'The compile after the merge stops before it deletes.',
    why: 'It would delete a cluster, an object of a protected kind, or more than the share of a cluster that `brakes` allows (decision 19).',
    example: '  brakes:\n    maxDeletedShare: 10%\n    protect: [PersistentVolumeClaim]',
    fix: 'If the deletions are meant, approve the tree that is left with `--allow-delete DIGEST`.',
  },
  trustLoosened: {
    name: 'trust-loosened',
    severity: 'high',
    what: 'The change loosens what holds pull requests in bounds.',
    why: '"[C]onfiguration that loosens anything (`secrets.allow`, brakes, branch, commands, silence, templates, allowed hosts, exec plugins) is read from the base" (decision 9): it has no effect in this review, and has one after the merge.',
    example: '  brakes:\n-   maxDeletedShare: 10%\n+   maxDeletedShare: 100%',
    fix: 'Merge it in a change of its own, reviewed by whoever answers for it.',
  },
  hostNew: {
    name: 'host-new',
    severity: 'medium',
    what: 'Something is fetched from a host that the base does not know.',
    why: '"[U]ntrusted heads fetch only from hosts in the base\'s configuration or lock" (decision 10). After the merge the host decides what is deployed.',
    example: '- repositoryURL: https://charts.example.com\n+ repositoryURL: https://charts.example.org',
    fix: 'Make sure who runs the host. Pin the chart by an exact version, so that its digest is recorded.',
  },
  schema: {
    name: 'schema',
    severity: 'medium',
    what: 'An object is not what the schema of its kind says.',
    why: 'The API server refuses it, or drops the field that it does not know without a word.',
    example: '  kind: Deployment\n  spec:\n-   replicas: 3\n+   replica: 3',
    fix: 'Write the field as `kubectl explain` names it for the version of the cluster.',
  },
} as const satisfies Readonly<Record<string, RuleText>>
