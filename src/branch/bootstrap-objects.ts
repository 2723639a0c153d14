import type { FleetConfig } from '../config/types.ts'
import type { JsonObject } from '../engine/types.ts'
import { fluxNamespace } from './deliver-flux.ts'
import { clusterFolder } from './paths.ts'

export interface BootstrapInputs {
  /** URL by which Flux or Argo CD reads this repository. */
  readonly url: string
  /** Cluster ids, sorted. */
  readonly clusters: readonly { readonly id: string; readonly namespace: string }[]
}

export interface BootstrapStep {
  /** Where the objects are applied: the management cluster, or the cluster of this id (Flux spokes). */
  readonly cluster: 'management' | { readonly id: string }
  readonly objects: readonly JsonObject[]
}

/**
 * What a user applies once, so that Flux or Argo CD follow the rendered branch from then on. Pure.
 * @example bootstrapObjects(config, { url: 'https://git.example/fleet.git', clusters })
 */
export function bootstrapObjects(config: FleetConfig, inputs: BootstrapInputs): BootstrapStep[] {
  return config.rendered.delivery.flatMap((engine) => {
    if (engine === 'argocd')
      return [{ cluster: 'management' as const, objects: argocdRoot(config, inputs.url) }]
    return config.rendered.mode === 'hub' ? [fluxHub(config, inputs)] : fluxSpokes(config, inputs)
  })
}

function fluxHub(config: FleetConfig, { url, clusters }: BootstrapInputs): BootstrapStep {
  const home = config.rendered.source.namespace ?? fluxNamespace
  // Kustomizations read a GitRepository of their own namespace unless the configuration names one for all.
  const namespaces =
    config.rendered.source.namespace === undefined ? clusters.map(({ namespace }) => namespace) : []
  const sources = [...new Set([home, ...namespaces])].sort()
  return {
    cluster: 'management',
    objects: [
      ...sources.map((namespace) => gitRepository(config, namespace, url)),
      rootKustomization(config, { namespace: home, name: 'fleetwright', path: './delivery/flux' }),
    ],
  }
}

function fluxSpokes(config: FleetConfig, { url, clusters }: BootstrapInputs): BootstrapStep[] {
  const namespace = config.rendered.source.namespace ?? fluxNamespace
  const source = gitRepository(config, namespace, url)
  const spokes = clusters.map(({ id }): BootstrapStep => {
    const path = `./delivery/flux/${clusterFolder(id)}`
    return {
      cluster: { id },
      objects: [source, rootKustomization(config, { namespace, name: 'fleetwright', path })],
    }
  })
  const local = rootKustomization(config, {
    namespace,
    name: 'fleetwright-local',
    path: './delivery/flux-management',
  })
  return [{ cluster: 'management', objects: [source, local] }, ...spokes]
}

function gitRepository(config: FleetConfig, namespace: string, url: string): JsonObject {
  const { source, branch } = config.rendered
  return {
    apiVersion: 'source.toolkit.fluxcd.io/v1',
    kind: 'GitRepository',
    metadata: { name: source.name, namespace },
    spec: { interval: '1m0s', url, ref: { branch }, ignore: '/*\n!/clusters\n!/local\n!/delivery\n' },
  }
}

function rootKustomization(
  config: FleetConfig,
  { namespace, name, path }: { namespace: string; name: string; path: string },
): JsonObject {
  return {
    apiVersion: 'kustomize.toolkit.fluxcd.io/v1',
    kind: 'Kustomization',
    metadata: { name, namespace },
    spec: {
      interval: '10m0s',
      retryInterval: '1m0s',
      path,
      prune: true,
      sourceRef: { kind: 'GitRepository', name: config.rendered.source.name },
    },
  }
}

/**
 * An ApplicationSet makes one root Application a cluster, so that a unit that fails on one cluster does not stop the sync
 * waves of the others. Waves wait for Applications only where Argo CD judges their health, which it must be told to.
 */
function argocdRoot(config: FleetConfig, url: string): JsonObject[] {
  const { argocd, branch } = config.rendered
  const repoURL = argocd.repoURL ?? url
  return [
    {
      apiVersion: 'v1',
      kind: 'ConfigMap',
      metadata: {
        name: 'argocd-cm',
        namespace: argocd.namespace,
        labels: { 'app.kubernetes.io/part-of': 'argocd' },
      },
      data: { 'resource.customizations.health.argoproj.io_Application': applicationHealth },
    },
    {
      apiVersion: 'argoproj.io/v1alpha1',
      kind: 'ApplicationSet',
      metadata: { name: 'fleetwright', namespace: argocd.namespace },
      spec: {
        goTemplate: true,
        goTemplateOptions: ['missingkey=error'],
        generators: [{ git: { repoURL, revision: branch, directories: [{ path: 'delivery/argocd/*/*' }] } }],
        template: {
          metadata: {
            name: `{{ printf "%s.%s" (index .path.segments 2) (index .path.segments 3) | trunc 63 | trimSuffix "." }}`,
            finalizers: ['resources-finalizer.argocd.argoproj.io'],
          },
          spec: {
            project: argocd.project,
            source: { repoURL, targetRevision: branch, path: '{{ .path.path }}' },
            destination: { name: 'in-cluster', namespace: argocd.namespace },
            syncPolicy: { automated: { prune: true, selfHeal: true }, syncOptions: ['ServerSideApply=true'] },
          },
        },
      },
    },
  ]
}

/** Argo CD's own documentation on the app of apps pattern gives this script. */
const applicationHealth = `hs = {}
hs.status = "Progressing"
hs.message = ""
if obj.status ~= nil and obj.status.health ~= nil then
  hs.status = obj.status.health.status
  if obj.status.health.message ~= nil then
    hs.message = obj.status.health.message
  end
end
return hs
`
