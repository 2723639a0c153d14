import type { FieldChange, FieldPath, Routine } from '../types.ts'

/** A chart's name and version: `grafana-8.5.1`. */
const chartLabels = new Set(['helm.sh/chart', 'chart'])
const chartAndVersion = /-v?\d+\.\d+/

/** Named for the version and nothing else. `version` alone is missing: traffic is routed by it. */
const versionLabels = new Set([
  'app.kubernetes.io/version',
  'helm.sh/chart-version',
  'helm.sh/revision',
  'helm.sh/release-revision',
])

const generatedLabels = new Set(['pod-template-hash', 'controller-revision-hash', 'pod-template-generation'])

/** `checksum/config`, `example.com/checksum`, `checksum-secret`. */
const checksumKey = /^checksum[/.-]|[/.-]checksum$/
/** `example.com/config-hash`, `secretHash`, `sha256/config`. */
const hashKey = /(?:[-_./]|^)(?:hash|sha256|sha512|sha1|md5)(?:sum)?(?:[-_./]|$)|[a-z]Hash$/
/** A hash of what runs is no hash of what configures it. */
const hashOfContent = /image|commit|git|revision/i
/** 8 hex digits and more, or what a digest of 128 bits and more is in base 64. */
const digestValue = /^(?:sha\d+:)?(?:[0-9a-f]{8,128}|[0-9a-zA-Z+/_-]{22,88}={0,2})$/

/** Where kustomize's alphabet of hashes ends a name: `config-4f8m2tgk9c`. */
const suffixedName = /^(.+)-[2456789bcdfghkmt]{10}$/
const namedReferences = new Set([
  'configMapRef',
  'secretRef',
  'configMapKeyRef',
  'secretKeyRef',
  'configMap',
  'secret',
])

/**
 * Why a change of an object is one that every release makes, if it is. Only of a single text whose place and form both say
 * so: a label that selects is never routine, nor is an image.
 */
export function routineOf(objectKind: string, change: FieldChange): Routine | undefined {
  const texts = [change.before, change.after].filter((value) => value !== undefined)
  if (change.change === 'reordered' || !texts.every((value) => typeof value === 'string')) return undefined
  const metadata = metadataKey(change.path)
  if (metadata !== undefined) return routineOfMetadata(objectKind, metadata, texts)
  return change.change === 'changed' && isGeneratedName(change.path, texts) ? 'generated-hash' : undefined
}

interface MetadataKey {
  readonly map: 'labels' | 'annotations'
  readonly key: string
}

/** Of the object itself or of what it is a template for: pods, jobs, volume claims. */
function metadataKey(path: FieldPath): MetadataKey | undefined {
  const [metadata, map, key] = path.slice(-3)
  if (metadata !== 'metadata' && metadata !== 'podMetadata') return undefined
  if ((map !== 'labels' && map !== 'annotations') || typeof key !== 'string') return undefined
  return { map, key }
}

function routineOfMetadata(
  objectKind: string,
  { map, key }: MetadataKey,
  texts: readonly string[],
): Routine | undefined {
  if (chartLabels.has(key)) {
    const isChart = key.includes('/') || texts.every((text) => chartAndVersion.test(text))
    return isChart ? 'chart-label' : undefined
  }
  if (versionLabels.has(key)) return 'version-label'
  // Which generator wrote a CRD; what it wrote differently stands beside it.
  if (objectKind === 'CustomResourceDefinition' && key === 'controller-gen.kubebuilder.io/version')
    return 'version-label'
  if (map === 'labels') return generatedLabels.has(key) ? 'generated-hash' : undefined
  const isHash = hashKey.test(key) && !hashOfContent.test(key) && texts.every(isDigest)
  return isHash || checksumKey.test(key) ? 'checksum' : undefined
}

/** A word may be long and without spaces too: in base 64, a digest has digits and both cases. */
function isDigest(text: string): boolean {
  if (!digestValue.test(text)) return false
  const isHex = /^(?:sha\d+:)?[0-9a-f]+$/.test(text)
  return isHex || (/\d/.test(text) && /[a-z]/.test(text) && /[A-Z]/.test(text))
}

/** The same ConfigMap or Secret but for the hash of its content, whose own change is shown. */
function isGeneratedName(path: FieldPath, texts: readonly string[]): boolean {
  const [reference, field] = path.slice(-2)
  const isReference =
    field === 'secretName' ||
    (field === 'name' && typeof reference === 'string' && namedReferences.has(reference))
  if (!isReference) return false
  const [before, after] = texts.map((text) => suffixedName.exec(text)?.[1])
  return before !== undefined && before === after
}
