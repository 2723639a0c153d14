import { beforeEach, describe, expect, test } from 'vitest'
import { createMemoryBranch, type MemoryBranch } from '../../src/adapters/memory/memory-branch.ts'
import type { FleetConfig } from '../../src/config/types.ts'
import {
  cluster,
  config,
  fleet,
  helm,
  hook,
  object,
  run,
  type ClusterDouble,
  type UnitDouble,
} from './fleet-double.ts'

let branch: MemoryBranch
beforeEach(() => {
  branch = createMemoryBranch()
})

interface Delivered {
  readonly metadata: {
    name: string
    namespace: string
    finalizers?: string[]
    annotations: Record<string, string>
  }
  readonly spec: Record<string, unknown> & { dependsOn?: { name: string }[] }
}

async function deliver(
  units: readonly UnitDouble[],
  options: Partial<ClusterDouble> & { config?: FleetConfig } = {},
) {
  const { config: configuration, ...overrides } = options
  const clusters = fleet({ cluster: cluster('fleet/prod'), units, ...overrides })
  return run(branch, clusters, configuration ? { config: configuration } : {})
}

function delivered(path: string): Delivered {
  const text = branch.filesOf('rendered').get(`delivery/${path}`)
  if (text === undefined) throw new Error(`no delivery/${path}; there is ${paths().join(', ')}`)
  return JSON.parse(text) as Delivered
}

function paths(): string[] {
  return [...branch.filesOf('rendered').keys()].filter((path) => path.startsWith('delivery/'))
}

const config1 = object('ConfigMap web/app')
const widgets = object('apiextensions.k8s.io/v1 CustomResourceDefinition widgets.example.org')
