import type { HealthCheck } from '../../intent/types.ts'
import { evaluateHealth } from '../../lua/lua.ts'
import type { LuaJson } from '../../lua/types.ts'
import type { KnownObject } from '../knowledge.ts'
import type { Asker, Selecting } from '../resources/asker.ts'
import { selectResources } from '../resources/select-resources.ts'
import { scriptFailed } from '../script-diagnostics.ts'
import { runLua } from '../scripts.ts'
import type { JudgedObject } from '../types.ts'

/**
 * What a HealthCheck says of the objects of a cluster: all that its selectors find, in their order, are given to its script
 * at once (sveltos.md 3.4). In the order of the script; without those that it wants ignored.
 */
export function judgeObjects(
  check: HealthCheck,
  cluster: string,
  selecting: Selecting,
): readonly JudgedObject[] {
  const healthCheck = `HealthCheck/${check.name}`
  const unknown = (message: string): readonly JudgedObject[] => [
    { cluster, healthCheck, status: 'Unknown', message },
  ]
  if (check.faulty === true) return unknown(`${healthCheck} has errors`)
  const selections = check.resourceSelectors.map((selector, index) =>
    selectResources(selector, cluster, asker(check, index), selecting),
  )
  const missing = selections.find((selection) => !selection.known)
  if (missing?.known === false) return unknown(missing.message)
  const objects = selections.flatMap((selection) => (selection.known ? selection.objects : []))
  const outcome = evaluate(check, objects, selecting)
  if (!outcome.ok) {
    const place = { asker: { ...asker(check, 0), path: ['spec'] }, cluster, field: scriptField(check) }
    selecting.scripts.report(scriptFailed(place, check.evaluateHealth, outcome.fault))
    return unknown(`the script of ${healthCheck} failed: ${outcome.fault.message}`)
  }
  return outcome.value
    .filter(({ ignore }) => !ignore)
    .map((resource) => ({ cluster, healthCheck, ...judged(resource) }))
}

function asker({ name, document }: HealthCheck, index: number): Asker {
  const spec = document.value['spec'] as { readonly resourceSelectors?: readonly unknown[] } | undefined
  const isListed = index < (spec?.resourceSelectors?.length ?? 0)
  return {
    id: `HealthCheck/${name}`,
    document,
    path: isListed ? ['spec', 'resourceSelectors', index] : ['spec'],
    keep: 'whole',
    runner: 'agent',
    holds: 'nothing',
  }
}

function scriptField({ judgesEach }: HealthCheck): string {
  return judgesEach ? 'script' : 'evaluateHealth'
}

function evaluate(
  check: HealthCheck,
  objects: readonly KnownObject[],
  { scripts }: Selecting,
): ReturnType<typeof evaluateHealth> {
  const text = check.judgesEach ? `${check.evaluateHealth}${judgingEach}` : check.evaluateHealth
  return runLua(
    scripts,
    evaluateHealth,
    { text, libraries: false },
    {
      text: objects.map(({ json }) => json).join('\n'),
      inputs: () => ({
        globals: { resources: objects.map(({ value }) => value as LuaJson) },
        argument: { global: 'resources' },
      }),
    },
  )
}

/**
 * Up to v0.21 the function judged the global `obj` and returned status, message and ignore. Follows the script, so that
 * lines of faults stay the script's own. No list for no rows: an empty table would be a map.
 */
const judgingEach = `
local judge = evaluate
function evaluate()
  local rows
  for _, resource in ipairs(resources) do
    obj = resource
    local row = judge(resource)
    rows = rows or {}
    rows[#rows + 1] = { resource = resource, status = row.status, message = row.message, ignore = row.ignore }
  end
  return { resources = rows }
end`

type ResourceHealth = Extract<ReturnType<typeof evaluateHealth>, { ok: true }>['value'][number]

const statuses = ['Healthy', 'Progressing', 'Degraded', 'Suspended'] as const

function judged({
  resource,
  status,
  message,
}: ResourceHealth): Omit<JudgedObject, 'cluster' | 'healthCheck'> {
  const object = resource && identityOf(resource)
  const known = statuses.find((one) => one === status)
  if (known === undefined)
    return {
      ...(object && { object }),
      status: 'Unknown',
      message: status === '' ? 'the script gives no status' : `the script gives the status \`${status}\``,
    }
  return { ...(object && { object }), status: known, message }
}

function identityOf(resource: NonNullable<ResourceHealth['resource']>): NonNullable<JudgedObject['object']> {
  const text = (value: LuaJson | undefined): string => (typeof value === 'string' ? value : '')
  const { namespace, name } = (resource['metadata'] ?? {}) as Readonly<Record<string, LuaJson>>
  return {
    apiVersion: text(resource['apiVersion']),
    kind: text(resource['kind']),
    ...(text(namespace) !== '' && { namespace: text(namespace) }),
    name: text(name),
  }
}
