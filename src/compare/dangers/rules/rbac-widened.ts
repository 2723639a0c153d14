import { groupOf } from '../../../kubernetes/object-key.ts'
import { addedPermissions, describePermissions, isSensitive, permissionsOf } from '../permissions.ts'
import {
  bindingOf,
  describeSubject,
  isEverybody,
  isSuperuser,
  sameSubject,
  type Binding,
} from '../role-bindings.ts'
import { labelsOf } from '../metadata.ts'
import type { FoundDanger, ObjectInReview, Rule, UnitInReview } from '../rule.ts'
import type { SideObject, SideUnit } from '../../types.ts'
import { listed, nameOf } from '../wording.ts'

/** "Allocate permissions only where needed", and which rights lead to all others: Kubernetes, RBAC Good Practices. */
export const rbacWidened: Rule = {
  name: 'rbac-widened',
  severity: 'medium',
  what: 'Somebody may do more than before.',
  why: 'Rights are compared by what they allow, not by how rules are written. High: rights that lead to all others (everything of the core group, reading Secrets, `escalate`, `bind`, `impersonate`, `exec`), bindings to `cluster-admin`, and bindings for everybody. Of roles that are new these alone are told, since a new role by itself takes nothing away from anybody.',
  example:
    '  rules:\n  - apiGroups: [""]\n-   resources: [configmaps]\n+   resources: [configmaps, secrets]\n    verbs: [get, list, watch]',
  fix: 'Name the verbs and resources that are used, with `resourceNames` where that is possible. Prefer a RoleBinding to a ClusterRoleBinding.',
  looksAt: 'unit',
  *find(unit) {
    for (const object of unit.objects) {
      const { after, change } = object
      const isRbac =
        change.after !== undefined && groupOf(change.after.apiVersion) === 'rbac.authorization.k8s.io'
      if (!isRbac || after === undefined || object.isKnown) continue
      const found = /Binding$/.test(after.kind) ? widerBinding(object, unit) : widerRole(object)
      for (const each of found) yield { object: change.after, ...each }
    }
  },
}

function* widerRole({ before, after, change }: ObjectInReview): Generator<FoundDanger> {
  if (!change.after || !after) return
  const added = addedPermissions(permissionsOf(before?.value), permissionsOf(after.value))
  const sensitive = added.filter(isSensitive)
  const name = nameOf(change.after)
  const path = ['rules']
  if (before === undefined) {
    if (sensitive.length > 0) yield { message: `${name} is new and may ${told(sensitive)}`, path }
    return
  }
  if (added.length > 0) {
    // The worst first, or it may be among those that are only counted.
    const sorted = [...sensitive, ...added.filter((permission) => !isSensitive(permission))]
    const severity = sensitive.length > 0 ? 'high' : 'medium'
    yield { severity, message: `${name} may now also ${told(sorted)}`, path }
  }
  const aggregated = addedAggregations(before.value, after.value)
  if (aggregated.length > 0) {
    const message = `${name} now widens the built-in ${listed(aggregated)} by all that it allows`
    yield { severity: 'high', message, path: ['metadata', 'labels'] }
  }
}

function told(permissions: ReturnType<typeof addedPermissions>): string {
  return listed(describePermissions(permissions))
}

/** Roles for people that a ClusterRole becomes part of by its labels. */
function addedAggregations(before: unknown, after: unknown): readonly string[] {
  const prefix = 'rbac.authorization.k8s.io/aggregate-to-'
  const [old, now] = [labelsOf(before), labelsOf(after)]
  return Object.keys(now)
    .filter((label) => label.startsWith(prefix) && now[label] === 'true' && old[label] !== 'true')
    .map((label) => label.slice(prefix.length))
    .sort()
}

function* widerBinding(object: ObjectInReview, unit: UnitInReview): Generator<FoundDanger> {
  const { before, after, change } = object
  if (!change.after || !after) return
  const now = bindingOf(after.value)
  const old = before && bindingOf(before.value)
  const isOtherRole =
    old !== undefined && (old.role.kind !== now.role.kind || old.role.name !== now.role.name)
  const added =
    old === undefined || isOtherRole
      ? now.subjects
      : now.subjects.filter((subject) => !old.subjects.some((other) => sameSubject(subject, other)))
  if (added.length === 0) return
  const isHigh = isSuperuser(now.role) || added.some(isEverybody)
  if (old === undefined && !isHigh && (isOfOnePiece(now, unit) || isInNewNamespace(object, unit))) return
  if (isOtherRole && isNoWider(old.role, now.role, unit)) return
  const where = now.isClusterWide ? 'in the whole cluster' : 'in its namespace'
  const message = `${nameOf(change.after)} gives ${listed(added.map(describeSubject))} the rights of ${now.role.kind} ${now.role.name} ${where}`
  yield { severity: isHigh ? 'high' : 'medium', message, path: isOtherRole ? ['roleRef'] : ['subjects'] }
}

/** Both roles are part of the unit, and the new one allows nothing that the old one did not. */
function isNoWider(old: Binding['role'], now: Binding['role'], { before, after }: UnitInReview): boolean {
  const find = (side: SideUnit | undefined, role: Binding['role']): SideObject | undefined =>
    side?.objects.find(({ kind, name }) => kind === role.kind && name === role.name)
  const [was, is] = [find(before, old), find(after, now)]
  if (!was || !is) return false
  return addedPermissions(permissionsOf(was.value), permissionsOf(is.value)).length === 0
}

/** Nothing that was there before is opened to anybody. */
function isInNewNamespace({ change: { after } }: ObjectInReview, { cluster }: UnitInReview): boolean {
  const added = cluster.units.flatMap(({ objects }) => objects).filter(({ before }) => before === undefined)
  return added.some(
    ({ change }) => change.after?.kind === 'Namespace' && change.after.name === after?.namespace,
  )
}

/** Part of something that is new as a whole: a role of its own for ServiceAccounts of its own. */
function isOfOnePiece({ subjects, role }: Binding, unit: UnitInReview): boolean {
  if (unit.change.change === 'gained') return true
  const added = unit.objects
    .filter(({ change }) => change.change === 'added')
    .map(({ change }) => change.after)
  const isNew = (kind: string, name: string): boolean =>
    added.some((place) => place?.kind === kind && place.name === name)
  return subjects.every(({ kind, name }) => isNew(kind, name)) && isNew(role.kind, role.name)
}
