import type { FleetConfig } from '../config/types.ts'
import type { Tree } from '../branch/types.ts'
import { positionOf } from '../diagnostics/position.ts'
import type { SourceFile } from '../diagnostics/types.ts'
import type { Fleet } from '../intent/types.ts'
import type { Facts } from '../observe/types.ts'
import type { Rendered } from '../render/types.ts'
import type { Plan } from '../resolve/types.ts'
import type { SourceDocument } from '../source/types.ts'
import type { Fetched } from '../sources/types.ts'

/** Values of the journey, as far as it went. */
export interface EmittedStages {
  readonly config: FleetConfig
  readonly fleet: Fleet
  readonly facts?: Facts
  readonly plan?: Plan
  readonly fetched?: Fetched
  readonly rendered?: Rendered
  readonly tree?: Tree
}

export type EmittedStage = 'intent' | 'facts' | 'plan' | 'sources' | 'manifests' | 'tree'

/** Value of a stage as plain data: maps become objects, documents their place, bytes their size. Pure. */
export function toEmitted(stage: EmittedStage, stages: EmittedStages): unknown {
  switch (stage) {
    case 'intent':
      return toPlain({ config: stages.config, fleet: stages.fleet })
    case 'facts':
      return toPlain(stages.facts)
    case 'plan':
      return toPlain(stages.plan)
    case 'sources':
      return toPlain(stages.fetched)
    case 'manifests':
      return toPlain(stages.rendered?.clusters)
    case 'tree':
      return toPlain(stages.tree)
  }
}

/** The same as text: manifests as one YAML stream, anything else as JSON. */
export function formatEmitted(stage: EmittedStage, stages: EmittedStages): string {
  if (stage !== 'manifests') return `${JSON.stringify(toEmitted(stage, stages), null, 2)}\n`
  return (stages.rendered?.clusters ?? [])
    .flatMap(({ id, units }) =>
      units.flatMap(({ unit, result }) =>
        result.status === 'rendered'
          ? result.manifests.map(({ text, source }) => {
              const from = source === undefined ? '' : ` (${source})`
              return `---\n# ${id} ${unit.name}${from}\n${text}`
            })
          : [`# ${id} ${unit.name}: ${result.status}\n`],
      ),
    )
    .join('')
}

function toPlain(value: unknown): unknown {
  if (value instanceof Map)
    return Object.fromEntries([...value].map(([key, one]) => [String(key), toPlain(one)]))
  if (value instanceof Set) return [...value].map(toPlain)
  if (value instanceof Uint8Array) return `${value.length} bytes`
  if (Array.isArray(value)) return value.map(toPlain)
  if (typeof value !== 'object' || value === null) return value
  if (isDocument(value)) {
    const { line, column } = positionOf(value.file, value.start)
    return `${value.file.path}:${line}:${column}`
  }
  return Object.fromEntries(Object.entries(value).map(([key, one]) => [key, toPlain(one)]))
}

/** A written object is named by its place: its text is in the repository. */
function isDocument(value: object): value is SourceDocument {
  const { file, json } = value as Partial<SourceDocument>
  return typeof json === 'string' && typeof (file as Partial<SourceFile> | undefined)?.text === 'string'
}
