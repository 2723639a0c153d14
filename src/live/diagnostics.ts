import { diagnostic } from '../diagnostics/diagnostic.ts'
import type { Diagnostic } from '../diagnostics/types.ts'
import type { ObjectIdentity } from '../render/types.ts'

export function deliveryUnknown(cluster: string, why: string): Diagnostic {
  return diagnostic('live/delivery-unknown', {
    message: `nothing is known of what was delivered to ${cluster} (${why}): all that differs there counts as pending`,
    subject: { cluster },
    hint: 'Name the cluster in which Flux or Argo CD run, with `management` of fleetwright.yaml or `--context`, and let the role read their objects.',
  })
}

export function predicted(cluster: string, why: 'not-asked' | 'not-allowed', objects: number): Diagnostic {
  const reason = why === 'not-asked' ? 'no dry run was wanted' : 'the role does not allow a dry run'
  return diagnostic('live/predicted', {
    message: `what applying would change of ${objects} ${objects === 1 ? 'object' : 'objects'} of ${cluster} is predicted: ${reason}`,
    subject: { cluster },
    hint: 'A dry run needs the verb `patch`; it stores nothing.',
  })
}

export function refused(
  place: { cluster: string; unit: string },
  object: ObjectIdentity,
  status: number,
): Diagnostic {
  const { kind, namespace, name } = object
  return diagnostic('live/refused', {
    message: `${place.cluster} would not take ${kind} ${namespace === undefined ? '' : `${namespace}/`}${name} as the branch has it (${status}); what would change is predicted`,
    subject: place,
    hint: 'Look at what its Kustomization or Application says; a field that cannot be changed wants the object to be deleted first.',
  })
}

export function revisionUnknown(cluster: string, commit: string): Diagnostic {
  return diagnostic('live/revision-unknown', {
    message: `${commit.slice(0, 12)}, which was delivered to ${cluster}, is not in this clone: what differs there counts as pending`,
    subject: { cluster },
    hint: 'Fetch the history of the rendered branch: `git fetch --unshallow`.',
  })
}
