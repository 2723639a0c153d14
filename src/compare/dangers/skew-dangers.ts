import type { SemVer } from 'semver'
import type { Span } from '../../diagnostics/types.ts'
import { valueAt } from '../../kubernetes/object-value.ts'
import { tryParseVersion } from '../../kubernetes/version-constraint.ts'
import type { ClusterPlan, MachineSet } from '../../resolve/types.ts'
import { locate } from '../../source/source.ts'
import type { Danger } from '../types.ts'
import type { Rule } from './rule.ts'

/**
 * https://kubernetes.io/releases/version-skew-policy. A cluster with another version of its own is an upgrade, which is told as
 * a whole (`skewDangers`); the rule finds what machines alone do.
 */
export const versionSkew: Rule = {
  name: 'version-skew',
  severity: 'high',
  what: 'Versions of a Cluster API cluster change in a way that Kubernetes does not support.',
  why: '"It is required to upgrade one minor version at a time, and downgrades are not supported"; "kubelet must not be newer than kube-apiserver" and "may be up to three minor versions older" (two before 1.25), says the version skew policy. Told is what this change brings about, not what was so before.',
  example: '  kind: KubeadmControlPlane\n  spec:\n-   version: v1.33.8\n+   version: v1.35.2',
  fix: 'Go by one minor version at a time: the control plane first, then the workers.',
  looksAt: 'fleet',
  *find({ before, after }) {
    const old = new Map(before.plan?.clusters.map((plan) => [plan.cluster.id, plan]))
    for (const now of after.plan?.clusters ?? []) {
      const was = old.get(now.cluster.id)
      if (was && was.wantedVersion === now.wantedVersion) yield* skewDangers(was, now)
    }
  },
}

/** What the versions that are written after a change break and those before did not. Pure; equal plans give nothing. */
export function skewDangers(before: ClusterPlan, after: ClusterPlan): readonly Danger[] {
  const known = new Set([...pathMessages(before), ...workerMessages(before)])
  const messages = [...pathMessages(after), ...workerMessages(after)].filter((message) => !known.has(message))
  const span = placeOfVersion(after)
  return messages.map((message) => ({
    ...{ rule: versionSkew.name, severity: versionSkew.severity, message },
    clusters: [after.cluster.id],
    ...(span && { span, side: 'after' as const }),
  }))
}

/** From what runs to what is wanted. */
function pathMessages({ machines, kubeVersion, wantedVersion }: ClusterPlan): readonly string[] {
  const { controlPlane } = machines ?? {}
  const [from, to] = [controlPlane?.versionNow ?? kubeVersion, controlPlane?.version ?? wantedVersion]
  const [old, now] = [tryParseVersion(from), to === undefined ? undefined : tryParseVersion(to)]
  if (!old || !now || to === undefined) return []
  const name = controlPlane ? nameOfSet(controlPlane) : 'The control plane'
  if (now.compare(old) < 0)
    return [`${name} goes back from ${from} to ${to}, and Kubernetes supports no downgrade`]
  if (now.major === old.major && now.minor <= old.minor + 1) return []
  return [
    `${name} goes from ${from} to ${to}: a control plane goes up by one minor version at a time, v${old.major}.${old.minor + 1} comes next`,
  ]
}

/** Of what is wanted, once everything has it. */
function workerMessages({ machines, kubeVersion, wantedVersion }: ClusterPlan): readonly string[] {
  const server = machines?.controlPlane?.version ?? wantedVersion ?? kubeVersion
  const wanted = tryParseVersion(server)
  if (!wanted || !machines) return []
  return machines.workers.flatMap((set) => {
    const version = set.version === undefined ? undefined : tryParseVersion(set.version)
    const fault = version && skewFault(version, wanted)
    return fault === undefined
      ? []
      : [`${nameOfSet(set)} runs ${set.version ?? ''} under a control plane of ${server}: ${fault}`]
  })
}

function skewFault(kubelet: SemVer, server: SemVer): string | undefined {
  const isNewer = kubelet.major > server.major || kubelet.minor > server.minor
  if (isNewer) return 'a kubelet must not be newer than the API server'
  const most = kubelet.minor < 25 ? 2 : 3
  return server.minor - kubelet.minor > most
    ? `a kubelet may be up to ${most} minor versions older than the API server`
    : undefined
}

function nameOfSet({ kind, name }: MachineSet): string {
  return name === '' ? kind : `${kind} ${name}`
}

/** The topology's version, else where the cluster names its control plane. */
function placeOfVersion({ cluster: { document, value } }: ClusterPlan): Span | undefined {
  if (!document) return undefined
  const hasTopology = valueAt(value, ['spec', 'topology', 'version']) !== undefined
  return locate(document, hasTopology ? ['spec', 'topology', 'version'] : ['spec', 'controlPlaneRef'])
}
