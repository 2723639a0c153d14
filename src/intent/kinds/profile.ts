import type { SourceDocument } from '../../source/types.ts'
import type { Report } from '../../diagnostics/types.ts'
import { completeAddOns, completeClusterRefs, completeSetRefs } from '../complete-profile-spec.ts'
import { notEnforced } from '../diagnostics.ts'
import { keepFaults } from '../keep-faults.ts'
import { readObject } from '../reading.ts'
import { readSelector } from '../selectors.ts'
import type { Profile } from '../types.ts'
import { writtenProfileSpec } from '../written/profile-spec.ts'

const pausedAnnotation = 'profile.projectsveltos.io/paused'
/** Name of the tenant's account, whose rights Sveltos would deploy with. */
const accountLabel = 'projectsveltos.io/serviceaccount-name'

/**
 * ClusterProfile and Profile (sveltos.md 1). A profile of which something could be read keeps its faults to itself: all
 * that it has deployed stays as it is, and the other profiles go on.
 */
export function parseProfile(document: SourceDocument, report: Report): Profile | undefined {
  return keepFaults(readProfile, document, report)
}

function readProfile(document: SourceDocument, report: Report): Profile | undefined {
  const object = readObject(document, writtenProfileSpec, report)
  if (object === undefined) return undefined
  const { name, labels, annotations, spec } = object
  const kind = object.kind === 'Profile' ? 'Profile' : 'ClusterProfile'
  const namespace = object.namespace === '' ? 'default' : object.namespace
  const { selector, faulty } = readSelector(
    document,
    ['spec', 'clusterSelector'],
    spec.clusterSelector,
    report,
  )
  if (Object.hasOwn(labels, accountLabel)) {
    report(
      notEnforced(
        document,
        ['metadata', 'labels', accountLabel],
        `the service account of tenant \`${labels[accountLabel] ?? ''}\``,
      ),
    )
  }
  return {
    kind,
    name,
    ...(kind === 'Profile' ? { namespace } : {}),
    id: kind === 'Profile' ? `Profile/${namespace}/${name}` : `ClusterProfile/${name}`,
    document,
    labels,
    annotations,
    spec: {
      ...(selector === undefined ? {} : { clusterSelector: selector }),
      clusterRefs: completeClusterRefs(object, ['spec', 'clusterRefs'], spec.clusterRefs),
      setRefs: completeSetRefs(object),
      ...completeAddOns(object, ['spec'], spec),
    },
    paused: Object.hasOwn(annotations, pausedAnnotation),
    ...(object.faulty || faulty ? { faulty: true } : {}),
    ...(object.ignores ? { ignores: true } : {}),
  }
}
