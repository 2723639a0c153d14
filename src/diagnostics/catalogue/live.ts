import { entries } from '../catalogue-entry.ts'

export const liveCodes = entries({
  'live/delivery-unknown': {
    severity: 'note',
    holds: 'nothing',
    what: 'Nothing says what delivery applied to a cluster, so that all that differs counts as pending.',
    why: 'Whether somebody changed an object or delivery has yet to apply it, only the Kustomization or Application that applies it can tell.',
    example: 'fleetwright diff --against drift, without a management cluster that can be read',
    fix: 'Name the cluster in which Flux or Argo CD run (`management` of fleetwright.yaml, or `--context`), and let the role read Kustomizations or Applications.',
  },
  'live/predicted': {
    severity: 'note',
    holds: 'nothing',
    what: 'What applying would change was worked out without asking the API server.',
    why: 'Without the right to patch, and with `--no-dry-run`, the rendered object is laid over the live one. Fields that the deliverer would take away and changes of webhooks are not seen, and defaults that are not known here may be reported.',
    example: 'A role with get, list and watch alone.',
    fix: 'Grant the verb `patch`, which a dry run needs and which docs/live-clusters.md describes, or take the prediction for what it is.',
  },
  'live/refused': {
    severity: 'warning',
    holds: 'nothing',
    what: 'The API server of a cluster would not take an object of the rendered branch.',
    why: 'Delivery fails at it in the same way: a field that cannot be changed, a kind of value that the cluster does not know, a webhook that says no. What would change is predicted.',
    example: 'A Deployment whose selector is another one on the branch.',
    fix: 'Look at what the Kustomization or Application says of it; where the field cannot be changed, the object has to be deleted first.',
  },
  'live/revision-unknown': {
    severity: 'note',
    holds: 'nothing',
    what: 'The commit that delivery applied is not in this clone, so that what differs counts as pending.',
    why: 'What was applied is compared with the branch by the ids of its folders, for which the commit has to be at hand.',
    example: 'A clone of depth 1, and a Kustomization that failed since an older commit.',
    fix: 'Fetch the history of the rendered branch: `git fetch --unshallow`, or `fetch-depth: 0` of actions/checkout.',
  },
})
