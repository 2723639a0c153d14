import type { Rule } from './rule.ts'
import { allAtOnce } from './rules/all-at-once.ts'
import { clusterEmptied } from './rules/cluster-emptied.ts'
import { crdFieldRemoved } from './rules/crd-field-removed.ts'
import { crdRemoved } from './rules/crd-removed.ts'
import { crdVersionRemoved } from './rules/crd-version-removed.ts'
import { disruptionBudgetRemoved } from './rules/disruption-budget-removed.ts'
import { hostAccess } from './rules/host-access.ts'
import { imageLatest } from './rules/image-latest.ts'
import { imageRegistry } from './rules/image-registry.ts'
import { immutableField } from './rules/immutable-field.ts'
import { namespaceRemoved } from './rules/namespace-removed.ts'
import { networkPolicyRemoved } from './rules/network-policy-removed.ts'
import { objectRemoved } from './rules/object-removed.ts'
import { ownerChanged } from './rules/owner-changed.ts'
import { privileged } from './rules/privileged.ts'
import { pruneSwitched } from './rules/prune-switched.ts'
import { rbacWidened } from './rules/rbac-widened.ts'
import { replicasZero } from './rules/replicas-zero.ts'
import { selectorChanged } from './rules/selector-changed.ts'
import { suspendSwitched } from './rules/suspend-switched.ts'
import { unitRemoved } from './rules/unit-removed.ts'
import { versionDowngrade } from './rules/version-downgrade.ts'
import { volumeClaimRemoved } from './rules/volume-claim-removed.ts'

/** Every rule, in the order in which dangers of one severity are told. */
export const dangerRules: readonly Rule[] = [
  clusterEmptied,
  unitRemoved,
  volumeClaimRemoved,
  crdRemoved,
  crdVersionRemoved,
  crdFieldRemoved,
  namespaceRemoved,
  objectRemoved,
  immutableField,
  selectorChanged,
  replicasZero,
  versionDowngrade,
  rbacWidened,
  privileged,
  hostAccess,
  networkPolicyRemoved,
  disruptionBudgetRemoved,
  imageRegistry,
  imageLatest,
  pruneSwitched,
  suspendSwitched,
  ownerChanged,
  allAtOnce,
]
