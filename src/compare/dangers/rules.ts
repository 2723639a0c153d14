import type { DangerRule } from '../types.ts'
import type { Rule, RuleText } from './rule.ts'
import { allAtOnce } from './rules/all-at-once.ts'
import { apiDeprecated } from './rules/api-deprecated.ts'
import { apiNotServed } from './rules/api-not-served.ts'
import { apiRemoved } from './rules/api-removed.ts'
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
import { versionSkew } from './skew-dangers.ts'
import { toldElsewhere } from './told-elsewhere.ts'

/** Every kind of danger, in the order in which dangers of one severity are told. */
export const dangerTexts: Readonly<Record<DangerRule, RuleText>> = {
  'cluster-emptied': clusterEmptied,
  'unit-removed': unitRemoved,
  'volume-claim-removed': volumeClaimRemoved,
  'crd-removed': crdRemoved,
  'crd-version-removed': crdVersionRemoved,
  'crd-field-removed': crdFieldRemoved,
  'namespace-removed': namespaceRemoved,
  'object-removed': objectRemoved,
  'immutable-field': immutableField,
  'selector-changed': selectorChanged,
  'replicas-zero': replicasZero,
  'version-downgrade': versionDowngrade,
  'rbac-widened': rbacWidened,
  privileged,
  'host-access': hostAccess,
  'network-policy-removed': networkPolicyRemoved,
  'disruption-budget-removed': disruptionBudgetRemoved,
  'image-registry': imageRegistry,
  'image-latest': imageLatest,
  'api-not-served': apiNotServed,
  'api-removed': apiRemoved,
  'api-deprecated': apiDeprecated,
  schema: toldElsewhere.schema,
  'version-skew': versionSkew,
  'prune-switched': pruneSwitched,
  'suspend-switched': suspendSwitched,
  'owner-changed': ownerChanged,
  'all-at-once': allAtOnce,
  'trust-loosened': toldElsewhere.trustLoosened,
  brake: toldElsewhere.brake,
  'host-new': toldElsewhere.hostNew,
  'facts-old': toldElsewhere.factsOld,
  'impure-chart': toldElsewhere.impureChart,
}

/** Those that are found in what two trees differ in. */
export const dangerRules: readonly Rule[] = Object.values(dangerTexts).filter(isRule)

function isRule(text: RuleText | Rule): text is Rule {
  return 'looksAt' in text
}
