import type { Engine } from '../../src/engine/types.ts'
import { compileFiles, configMap } from '../compile-files.ts'

export const settings = configMap('settings', {
  'a.yaml': 'apiVersion: v1\nkind: ConfigMap\nmetadata: { name: a }\n',
})
export const refers = 'policyRefs: [{ kind: ConfigMap, namespace: default, name: settings }]'

/** Compiles one text of intent up to its plan; `units` are names by cluster id. */
export async function planText(
  engine: Engine,
  text: string,
  options: Parameters<typeof compileFiles>[2] = {},
) {
  const compiled = await compileFiles(engine, { 'fleet.yaml': text }, { until: 'plan', ...options })
  const units = Object.fromEntries(
    (compiled.plan?.clusters ?? []).map(({ cluster, units }) => [cluster.id, units.map(({ name }) => name)]),
  )
  return { ...compiled, units, codes: compiled.diagnostics.map(({ code }) => code) }
}
