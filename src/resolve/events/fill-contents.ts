import { Buffer } from 'node:buffer'
import type { EventTrigger, PolicyRef, ProfileSpec, ValueFrom } from '../../intent/types.ts'
import { canonicalJson } from '../../kubernetes/exact-json.ts'
import { objectKey } from '../../kubernetes/object-key.ts'
import { isObjectName } from '../../kubernetes/object-name.ts'
import { contentSecretType, findContent, type ContentSource } from '../content.ts'
import { functionBlocked } from '../diagnostics.ts'
import { badGeneratedName, eventContentFailed } from '../event-diagnostics.ts'
import { instantiate } from '../instantiate.ts'
import { generatedNamespace, type FoundObject, type ManagementObjects } from '../management-objects.ts'
import { placeOf, Unresolvable, type Claimed, type World } from '../world.ts'
import { deterministicName } from './event-names.ts'
import { mapContents, type FilledGenerator } from './fill-in.ts'
import type { Occurrence } from './occurrences.ts'

type Path = readonly (string | number)[]

/** One profile in the making. */
export interface Making {
  readonly trigger: EventTrigger
  readonly occurrence: Occurrence
  /** The profile as far as it goes, on its source cluster. */
  readonly claimed: Claimed
}

/** A ConfigMap or Secret that was filled in for an event. */
export interface FilledObject {
  readonly key: string
  readonly object: FoundObject
  /** Where its name comes from; absent where it follows from the event alone. */
  readonly path?: Path
}

/** Copies of the generators' sources under the names that they are to have. Throws Unresolvable. */
export async function fillGenerators(
  world: World,
  making: Making,
  generators: readonly FilledGenerator[],
): Promise<readonly FilledObject[]> {
  const filled = await Promise.all(
    generators.map(async ({ kind, path, namespace, name, nameFormat, optional }) => {
      const home = making.claimed.state.cluster.namespace
      const content = findContent(
        world,
        making.claimed,
        { kind, namespace: namespace || home, name, optional },
        path,
      )
      if (content === undefined) return []
      const namePath = [...path, 'nameFormat']
      if (!isObjectName(nameFormat)) {
        const fault = badGeneratedName(placeOf(making.claimed, namePath), nameFormat)
        world.report(fault)
        throw new Unresolvable(fault.message)
      }
      return [{ ...(await fillContent(world, making, content, { path, name: nameFormat })), path: namePath }]
    }),
  )
  return filled.flat()
}

/**
 * The spec with references to filled-in copies in place of those to contents that are to be filled in, and the copies.
 * A missing source of values or patches stays as it is written, and so does one that another trigger may generate: it is
 * looked for again when units are worked out. Throws Unresolvable.
 */
export async function fillReferences(
  world: World,
  making: Making,
  spec: ProfileSpec,
): Promise<{ readonly spec: ProfileSpec; readonly objects: readonly FilledObject[] }> {
  const references: { reference: PolicyRef | ValueFrom; path: Path }[] = []
  mapContents(spec, (reference, path) => {
    references.push({ reference, path })
    return reference
  })
  const resolved = await Promise.all(references.map((one) => resolveReference(world, making, one)))
  let next = 0
  const mapped = mapContents(spec, (reference) => ({ ...reference, ...resolved[next++]?.to }))
  return { spec: mapped, objects: resolved.flatMap(({ object }) => (object ? [object] : [])) }
}

async function resolveReference(
  world: World,
  making: Making,
  { reference, path }: { readonly reference: PolicyRef | ValueFrom; readonly path: Path },
): Promise<{ readonly to: { namespace: string; name: string }; readonly object?: FilledObject }> {
  const { kind = '', namespace: written, name } = reference
  const namespace = written || making.claimed.state.cluster.namespace
  const mayComeLater = path[1] !== 'policyRefs' || namespace === generatedNamespace
  const content = findContent(
    world,
    making.claimed,
    { kind, namespace, name, optional: reference.optional || mayComeLater },
    path,
  )
  if (content === undefined) return { to: { namespace: written, name } }
  const isAsked = Object.hasOwn(content.annotations, 'projectsveltos.io/instantiate')
  if (!isAsked && !making.trigger.instantiatesAll) return { to: { namespace, name } }
  const { id, words } = making.occurrence
  const newName = deterministicName([name, ...words], `${id}\0${kind}/${namespace}/${name}`)
  const object = await fillContent(world, making, content, { path, name: newName })
  return { to: { namespace: generatedNamespace, name: newName }, object }
}

/** Every data value with event data filled in, in a new object with the annotations of the old. */
async function fillContent(
  world: World,
  { claimed, occurrence }: Making,
  content: ContentSource,
  to: { readonly path: Path; readonly name: string },
): Promise<FilledObject> {
  const { kind, texts, annotations, document } = content
  const filled = await instantiate(
    world.engine,
    world.clockMs,
    { dialect: 'event', data: occurrence.data },
    texts.map(({ name, text }, index) => ({ path: [index, name], text })),
  )
  for (const { functions } of filled.blocked)
    world.report(functionBlocked(placeOf(claimed, to.path), functions))
  for (const { path, fault } of filled.faults) {
    const { name: key, text } = texts[Number(path[0])] ?? { name: '', text: '' }
    world.report(eventContentFailed(placeOf(claimed, to.path), content, { key, text }, fault))
  }
  if (filled.faults.length > 0)
    throw new Unresolvable(`a template of ${kind} ${content.namespace}/${content.name} failed`)
  const isSecret = kind === 'Secret'
  const data = texts.map(({ name }, index) => {
    const text = filled.texts[index] ?? ''
    return [name, isSecret ? Buffer.from(text).toString('base64') : text] as const
  })
  const value = {
    apiVersion: 'v1',
    kind,
    metadata: { name: to.name, namespace: generatedNamespace, annotations },
    data: Object.fromEntries(data),
    ...(isSecret && { type: contentSecretType }),
  }
  const isAsWritten = texts.every(({ text }, index) => text === filled.texts[index])
  return {
    key: objectKey({ apiVersion: 'v1', kind, namespace: generatedNamespace, name: to.name }),
    object: {
      value,
      json: canonicalJson(value),
      // Positions in a text that was filled in are not those of the text that somebody wrote.
      ...(isAsWritten && document && { document }),
    },
  }
}

/** The same objects with some that were just made; they come first. */
export function withFilled(objects: ManagementObjects, filled: readonly FilledObject[]): ManagementObjects {
  if (filled.length === 0) return objects
  const own = new Map(filled.map(({ key, object }) => [key, object]))
  return {
    ...objects,
    find: (reference, because) => own.get(objectKey(reference)) ?? objects.find(reference, because),
  }
}
