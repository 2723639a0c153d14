import { readFileSync } from 'node:fs'
import { join } from 'node:path'
import { gunzipSync } from 'node:zlib'
import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import { formatFieldPath } from '../../src/compare/fields/field-path.ts'
import { createBuiltInNodes } from '../../src/compare/schemas/built-in-nodes.ts'
import { findFaults } from '../../src/compare/schemas/find-faults.ts'
import type { Engine } from '../../src/engine/types.ts'
import { parseExactJson } from '../../src/kubernetes/exact-json.ts'
import { createTestEngine } from '../engine/built-engine.ts'
import { requireShared, sharedFolder } from '../shared.ts'
import { readCorpusRows } from './corpus-rows.ts'

/*
 * Everything that the charts of the corpus render of built-in kinds, against the schemas of 1.35. A kube-apiserver 1.35
 * was asked about every one of these objects (create, dry run, strict): it refuses exactly those below for their form, by
 * the same fields, and takes all others but for what no schema says (names, references, namespaces of subjects).
 */
const refused = [
  'grafana-alloy ci/initcontainers-values.yaml DaemonSet rel-alloy: spec.template.spec.initContainers[name=geo-ip].volumes is unknown',
  'grafana-alloy ci/initcontainers-values.yaml DaemonSet rel-alloy: spec.template.spec.volumes[name=geoip].mountPath is unknown: did you mean `hostPath`?',
  'grafana-alloy ci/sidecars-values.yaml DaemonSet rel-alloy: spec.template.spec.containers[name=geo-ip].volumes is unknown',
  'grafana-alloy ci/sidecars-values.yaml DaemonSet rel-alloy: spec.template.spec.volumes[name=geoip].mountPath is unknown: did you mean `hostPath`?',
  'helm-horovod default StatefulSet rel-horovod: spec.template.spec.selector is unknown',
  'helm-incubator-cassandra-operator default RoleBinding cassandra-operator: subjects[0].labels is unknown',
  'helm-nfs-client-provisioner default Deployment rel-nfs-client-provisioner: spec.template.spec.volumes[name=nfs-client-root].nfs.server is missing',
  'helm-prometheus-couchdb-exporter default Deployment rel-prometheus-couchdb-exporter: spec.template.spec.containers[name=prometheus-couchdb-exporter].livenessProbe.httpGet.initialDelaySeconds is unknown',
  'helm-prometheus-couchdb-exporter default Deployment rel-prometheus-couchdb-exporter: spec.template.spec.containers[name=prometheus-couchdb-exporter].readinessProbe.httpGet.initialDelaySeconds is unknown',
  'wandb-wandb-base default Deployment rel-wandb-base: spec.template.spec.containers is missing',
]

type Rendered = Readonly<Record<string, unknown>> & {
  readonly apiVersion: string
  readonly kind: string
  readonly metadata: { readonly name: string }
}

describe.skipIf(sharedFolder() === undefined)('schema faults of the corpus', () => {
  let engine: Engine
  beforeAll(async () => {
    engine = await createTestEngine({ workers: 2, renderTimeoutMs: 120_000 })
  })
  afterAll(async () => {
    await engine.close()
  })

  test('are those that a real kube-apiserver names, and no others', async () => {
    const rows = readCorpusRows().filter(({ kind, golden }) => kind === 'chart' && golden !== '')
    const texts = rows.map(({ golden }) =>
      gunzipSync(readFileSync(join(requireShared(), 'corpus', golden))).toString('utf8'),
    )
    const parsed = await Promise.all(texts.map((text) => engine.parseYaml([text])))
    const nodes = createBuiltInNodes()
    const found: string[] = []
    let checked = 0
    for (const [index, documents] of parsed.entries()) {
      for (const { json } of documents.flat()) {
        const object = json === undefined ? undefined : (parseExactJson(json) as Rendered | null)
        const node = object ? nodes.kind(object, 35) : undefined
        if (!object || !node) continue
        checked += 1
        const { kind, metadata } = object
        const row = rows[index]
        for (const { path, text } of findFaults(node, object))
          found.push(
            `${row?.name ?? ''} ${row?.case ?? ''} ${kind} ${metadata.name}: ${formatFieldPath(path)} ${text}`,
          )
      }
    }
    expect(checked).toBeGreaterThan(6000)
    expect(found.sort()).toEqual(refused)
  }, 180_000)
})
