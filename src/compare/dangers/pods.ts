import type { ObjectValue } from '../../kubernetes/object-value.ts'
import type { FieldPath } from '../types.ts'
import { labelsOf } from './metadata.ts'
import { mapAt, mapsAt, textAt } from './read-value.ts'

/** What an object makes pods of, and where in it that stands. */
export interface PodTemplate {
  readonly labels: Readonly<Record<string, string>>
  readonly spec: ObjectValue
  readonly path: FieldPath
}

export interface Container {
  readonly name: string
  readonly value: ObjectValue
  readonly path: FieldPath
}

const nested: Readonly<Record<string, readonly string[]>> = {
  Pod: [],
  PodTemplate: ['template'],
  CronJob: ['spec', 'jobTemplate', 'spec', 'template'],
}

/** Of the built-in workloads and of every kind that is made like them, as Rollouts and Knative's Services are. */
export function podTemplateOf(value: unknown): PodTemplate | undefined {
  const at = nested[textAt(value, ['kind']) ?? ''] ?? ['spec', 'template']
  const template = mapAt(value, at)
  const spec = mapAt(template, ['spec'])
  const isPod = spec !== undefined && Array.isArray(spec['containers'])
  return isPod ? { labels: labelsOf(template), spec, path: [...at, 'spec'] } : undefined
}

const containerLists = ['containers', 'initContainers', 'ephemeralContainers'] as const

export function containersOf({ spec, path }: PodTemplate): readonly Container[] {
  return containerLists.flatMap((list) =>
    mapsAt(spec, [list]).map((value) => {
      const name = textAt(value, ['name']) ?? ''
      return { name, value, path: [...path, list, { name }] }
    }),
  )
}
