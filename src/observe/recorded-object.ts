import { canonicalJson } from '../kubernetes/exact-json.ts'
import { groupOf } from '../kubernetes/object-key.ts'
import { appliedAnnotations, isSecret, withSecretFingerprints } from '../secrets/fingerprint.ts'
import { withSecretTokens } from '../secrets/token.ts'

type JsonMap = Readonly<Record<string, unknown>>

/**
 * Text of an object as facts hold it: equal for equal objects, without what moves by itself, Secrets with fingerprints in
 * place of values.
 */
export function recordedObject(
  object: JsonMap,
  keep: 'identity' | 'whole',
  key: Uint8Array | undefined,
): string {
  if (keep === 'identity') return canonicalJson(withoutTalk(identityOf(object)))
  const whole = withoutMotion(object)
  return canonicalJson(isSecret(whole) ? hidden(whole, key) : withoutSecrets(whole, key))
}

function identityOf({ apiVersion, kind, metadata }: JsonMap): JsonMap {
  const named = ['name', 'namespace', 'labels', 'annotations', 'deletionTimestamp']
  const kept = Object.entries(toMap(metadata)).filter(([field]) => named.includes(field))
  return { apiVersion, kind, metadata: Object.fromEntries(kept) }
}

/** What the API server counts for itself. `generation` stays: it says that somebody changed the spec. */
const bookkeeping = ['metadata.managedFields', 'metadata.resourceVersion', 'metadata.selfLink']

/** Who leads, rewritten every few seconds. */
const leaderAnnotation = 'control-plane.alpha.kubernetes.io/leader'

/** Heartbeats of any kind: a Node's conditions are confirmed every few minutes, and a Pod's may be. */
const heartbeats = ['status.conditions.*.lastHeartbeatTime', 'status.conditions.*.lastProbeTime']

/** Times and counts that go on although nothing happens, by `<group>/<Kind>`; `*` stands for each element of a list. */
const moving: Readonly<Record<string, readonly string[]>> = {
  'coordination.k8s.io/Lease': ['spec.renewTime'],
  // The agent's heartbeat in pull mode, and when the last token was asked for.
  'lib.projectsveltos.io/SveltosCluster': [
    'status.agentLastReportTime',
    'status.lastReconciledTokenRequestAt',
  ],
  'kustomize.toolkit.fluxcd.io/Kustomization': [
    'status.history.*.lastReconciled',
    'status.history.*.lastReconciledDuration',
    'status.history.*.totalReconciliations',
  ],
  'argoproj.io/Application': ['status.reconciledAt'],
  'external-secrets.io/ExternalSecret': ['status.refreshTime'],
  'external-secrets.io/PushSecret': ['status.refreshTime'],
}

function withoutMotion(object: JsonMap): JsonMap {
  const kind = `${groupOf(String(object['apiVersion']))}/${String(object['kind'])}`
  const own = Object.hasOwn(moving, kind) ? (moving[kind] ?? []) : []
  return [...bookkeeping, ...heartbeats, ...own].reduce(
    (value, path) => without(value, path.split('.')) as JsonMap,
    object,
  )
}

/** The same value without what stands at a path. */
function without(value: unknown, [step = '', ...rest]: readonly string[]): unknown {
  if (step === '*') return Array.isArray(value) ? value.map((element) => without(element, rest)) : value
  if (!isMap(value) || !Object.hasOwn(value, step)) return value
  const { [step]: member, ...others } = value
  return rest.length === 0 ? others : { ...others, [step]: without(member, rest) }
}

/**
 * Secrets anywhere in a value, since other objects carry whole manifests, and no annotations that repeat an object.
 * Numbers beyond 53 bits are maps too (`parseExactJson`); as everything that does not change they are handed on as they
 * are.
 */
function withoutSecrets(value: unknown, key: Uint8Array | undefined): unknown {
  if (Array.isArray(value)) {
    const elements: unknown[] = value
    const told = elements.map((element) => withoutSecrets(element, key))
    return told.some((element, index) => element !== elements[index]) ? told : value
  }
  if (!isMap(value)) return value
  // What only refers to a Secret has the same head. Templates reach into this object, so that fingerprints will not do.
  if (isSecret(value) && ('data' in value || 'stringData' in value))
    return withSecretTokens(hidden(value, key))
  const quiet = withoutTalk(value)
  const told = Object.entries(quiet).map(([name, member]) => [name, withoutSecrets(member, key)] as const)
  return told.some(([name, member]) => member !== quiet[name]) ? Object.fromEntries(told) : quiet
}

function hidden(secret: JsonMap, key: Uint8Array | undefined): JsonMap {
  return withoutTalk(withSecretFingerprints(secret, key))
}

/** An object without annotations that repeat it or that change all the time; without the map where nothing is left. */
function withoutTalk(value: JsonMap): JsonMap {
  const { metadata } = value
  if (!isMap(metadata)) return value
  const { annotations, ...others } = metadata
  if (!isMap(annotations)) return value
  const names = Object.keys(annotations)
  const kept = names.filter((name) => !appliedAnnotations.has(name) && name !== leaderAnnotation)
  if (kept.length === names.length && kept.length > 0) return value
  const left = Object.fromEntries(kept.map((name) => [name, annotations[name]]))
  return { ...value, metadata: { ...others, ...(kept.length > 0 && { annotations: left }) } }
}

function toMap(value: unknown): JsonMap {
  return isMap(value) ? value : {}
}

function isMap(value: unknown): value is JsonMap {
  return typeof value === 'object' && value !== null && !Array.isArray(value)
}
