import type { Report } from '../../diagnostics/types.ts'
import type { SourceDocument } from '../../source/types.ts'
import { templateNotRendered } from '../fleet-diagnostics.ts'
import type { ContentReference } from '../references.ts'
import type { ManagementObject } from '../types.ts'

/** Words of Sveltos inside braces. Other braces are left alone: alert rules and policies have templates of their own. */
export const sveltosTemplate =
  /\{\{[^}]*(?:\.(?:Cluster|MgmtResources|KubeadmControlPlane|InfrastructureProvider|Resources?|MatchingResources?|CloudEvents?)\b|\b(?:getResource|getField|setField|removeField|copy)\s)/

const rendering = ['projectsveltos.io/template', 'projectsveltos.io/lua']
const instantiating = 'projectsveltos.io/instantiate'

/**
 * "Template markers without the annotation" (sveltos.md 2.4): presence of the annotation decides, not its value. A trigger
 * may also fill in event data by `instantiate`; generators and an EventBasedAddOn do so unasked.
 */
export function checkUnrenderedTemplates(
  references: readonly ContentReference[],
  objects: ReadonlyMap<string, ManagementObject>,
  report: Report,
): void {
  const reported = new Set<string>()
  for (const { key, user, by } of references) {
    const object = objects.get(key)
    const isFilledIn = by === 'old-trigger' || by === 'generator'
    if (object === undefined || isFilledIn || reported.has(key)) continue
    if (object.kind !== 'ConfigMap' && object.kind !== 'Secret') continue
    const wanted = by === 'trigger' ? [...rendering, instantiating] : rendering
    if (wanted.some((name) => Object.hasOwn(annotationsOf(object.document), name))) continue
    const at = firstTemplate(object.document)
    if (at === undefined) continue
    reported.add(key)
    report(
      templateNotRendered(
        object.document,
        at,
        user,
        by === 'trigger' ? instantiating : 'projectsveltos.io/template',
      ),
    )
  }
}

function annotationsOf({ value }: SourceDocument): object {
  const metadata = value.metadata as { readonly annotations?: unknown } | null | undefined
  return typeof metadata?.annotations === 'object' && metadata.annotations !== null
    ? metadata.annotations
    : {}
}

/** Texts of a ConfigMap or Secret by path, keys sorted; base64 is not looked into. */
export function textsOf({
  value,
}: SourceDocument): { readonly path: readonly string[]; readonly text: string }[] {
  return ['data', 'stringData'].flatMap((field) => {
    const data = value[field]
    if (typeof data !== 'object' || data === null || Array.isArray(data)) return []
    return Object.entries(data)
      .sort(([a], [b]) => (a < b ? -1 : 1))
      .flatMap(([key, text]) => (typeof text === 'string' ? [{ path: [field, key], text }] : []))
  })
}

function firstTemplate(
  document: SourceDocument,
): { readonly path: readonly string[]; readonly offset: number; readonly length: number } | undefined {
  for (const { path, text } of textsOf(document)) {
    const match = sveltosTemplate.exec(text)
    if (match === null) continue
    const end = text.indexOf('}}', match.index)
    return {
      path,
      offset: match.index,
      length: (end < 0 ? match.index + match[0].length : end + 2) - match.index,
    }
  }
  return undefined
}
