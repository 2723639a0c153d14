import { parse } from 'yaml'
import { git } from '../../cli/run-command.ts'
import type { KubernetesCluster } from '../kubernetes-cluster.ts'
import type { TestObject } from '../kubernetes-requests.ts'

/** A kubeconfig with several contexts that lead to one server, for a token or for the administrator. */
export function kubeconfigFor(admin: string, contexts: readonly string[], token?: string): string {
  const { clusters, users } = parse(admin) as {
    clusters: { cluster: object }[]
    users: { user: object }[]
  }
  return JSON.stringify({
    ...{ apiVersion: 'v1', kind: 'Config', 'current-context': contexts[0] },
    clusters: [{ name: 'server', cluster: clusters[0]?.cluster }],
    users: [{ name: 'somebody', user: token === undefined ? users[0]?.user : { token } }],
    contexts: contexts.map((name) => ({ name, context: { cluster: 'server', user: 'somebody' } })),
  })
}

interface Kustomization extends TestObject {
  readonly spec: { readonly path: string }
}

/** Objects of the rendered branch below a folder, by path. */
export function renderedObjects(repository: string, folder: string): ReadonlyMap<string, TestObject> {
  const list = git(repository, 'ls-tree', '-r', '--name-only', 'rendered', folder).trim()
  return new Map(
    list
      .split('\n')
      .filter((path) => path !== '')
      .map((path) => [path, parse(git(repository, 'show', `rendered:${path}`)) as TestObject]),
  )
}

/**
 * Delivers the rendered branch as Flux would: applies each folder by the name of its controller, with its labels, and records
 * in the Kustomization which commit was applied and what it owns. `only`: folders that are applied; all are recorded.
 */
export async function deliverAsFlux(
  cluster: KubernetesCluster,
  repository: string,
  only: (path: string) => boolean = () => true,
): Promise<void> {
  const commit = git(repository, 'rev-parse', 'rendered').trim()
  const kustomizations = [...renderedObjects(repository, 'delivery/flux').values()] as Kustomization[]
  const objects = kustomizations.flatMap(({ metadata, spec }) => {
    const { name, namespace = '' } = metadata
    const folder = spec.path.replace(/^\.\//, '')
    const owner = {
      'kustomize.toolkit.fluxcd.io/name': name,
      'kustomize.toolkit.fluxcd.io/namespace': namespace,
    }
    return [...renderedObjects(repository, `${folder}/`).values()].map((object) => ({
      object,
      owner,
      folder,
    }))
  })
  const applied = objects
    .filter(({ folder }) => only(folder))
    .map(({ object, owner }) => withLabels(object, owner))
  await cluster.apply(applied, '--field-manager=kustomize-controller', '--force-conflicts')
  await cluster.apply(kustomizations, '--field-manager=kustomize-controller', '--force-conflicts')
  const states = kustomizations
    .filter(({ spec }) => only(spec.path.replace(/^\.\//, '')))
    .map(({ apiVersion, kind, metadata, spec }) => ({
      ...{ apiVersion, kind, metadata: { name: metadata.name, namespace: metadata.namespace } },
      status: {
        lastAppliedRevision: `rendered@sha1:${commit}`,
        inventory: {
          entries: objects
            .filter(({ folder }) => `./${folder}` === spec.path)
            .map(({ object }) => inventoryEntry(object)),
        },
      },
    }))
  await cluster.apply(states, '--subresource=status', '--field-manager=status', '--force-conflicts')
}

function withLabels(object: TestObject, labels: Readonly<Record<string, string>>): TestObject {
  const { metadata } = object
  const own = (metadata['labels'] ?? {}) as Record<string, string>
  return { ...object, metadata: { ...metadata, labels: { ...own, ...labels } } }
}

function inventoryEntry({ apiVersion, kind, metadata }: TestObject): { id: string; v: string } {
  const [group, version] = apiVersion.includes('/') ? apiVersion.split('/') : ['', apiVersion]
  const name = metadata.name.replaceAll(':', '__')
  return { id: [metadata.namespace ?? '', name, group, kind].join('_'), v: version ?? '' }
}
