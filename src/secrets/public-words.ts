import type { JsonMap } from './object-walk.ts'

/**
 * Words that everybody who sees the fleet knows: names and namespaces of objects, of containers, ports and volumes, labels,
 * kinds, parts of images and of host names. For `isPublic` of masks.
 */
export function createPublicWords(objects: Iterable<JsonMap>): (text: string) => boolean {
  const words = new Set<string>()
  const seen = new WeakSet<JsonMap>()
  for (const object of objects) {
    // Those of Secrets alone are what is at stake, and their values are never looked at.
    if (seen.has(object)) continue
    seen.add(object)
    addObject(object, words)
  }
  return (text) => words.has(text)
}

function addObject(object: JsonMap, words: Set<string>): void {
  add(object['kind'], words)
  const isSecret = object['kind'] === 'Secret'
  const { name, namespace, labels } = toMap(object['metadata'])
  add(name, words)
  add(namespace, words)
  addLabels(labels, words)
  if (!isSecret)
    for (const [key, value] of Object.entries(object)) if (key !== 'metadata') addNames(value, words)
}

/** What is a name by the field that it stands in, at any depth. */
const nameFields = new Set([
  'name',
  'namespace',
  'containerName',
  'serviceName',
  'serviceAccountName',
  'secretName',
  'host',
  'hosts',
])

function addNames(value: unknown, words: Set<string>): void {
  if (Array.isArray(value)) {
    for (const item of value) addNames(item, words)
    return
  }
  for (const [key, member] of Object.entries(toMap(value))) {
    if (key === 'image') addImage(member, words)
    else if (key === 'labels' || key === 'matchLabels') addLabels(member, words)
    else if (nameFields.has(key)) for (const each of [member].flat()) add(each, words)
    addNames(member, words)
  }
}

function addLabels(labels: unknown, words: Set<string>): void {
  for (const [key, value] of Object.entries(toMap(labels))) {
    add(key, words)
    add(key.split('/').at(-1), words)
    add(value, words)
  }
}

/** `registry.example.com/team/app:1.2.3@sha256:…`: the whole and each part. */
function addImage(image: unknown, words: Set<string>): void {
  if (typeof image !== 'string') return
  add(image, words)
  for (const part of image.split(/[/:@]/)) add(part, words)
}

function add(word: unknown, words: Set<string>): void {
  if (typeof word === 'string' && word !== '') words.add(word)
}

function toMap(value: unknown): JsonMap {
  return typeof value === 'object' && value !== null && !Array.isArray(value) ? (value as JsonMap) : {}
}
