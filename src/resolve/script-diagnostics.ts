// Constructors for scripts of classifiers, event sources and health checks; those about profiles are in diagnostics.ts.
import { diagnostic } from '../diagnostics/diagnostic.ts'
import type { Diagnostic, Subject } from '../diagnostics/types.ts'
import type { LuaFault } from '../lua/types.ts'
import { managementId } from '../observe/types.ts'
import { locate, locateInString } from '../source/source.ts'
import type { Asker } from './resources/asker.ts'

/** A script that was called, and about what. */
export interface ScriptPlace {
  readonly asker: Pick<Asker, 'id' | 'document' | 'path' | 'holds'>
  /** Cluster id, or `management`. */
  readonly cluster: string
  /** `Service default/web`; absent for a script about all objects. */
  readonly object?: string
  /** Of the script, inside what the asker's path names. */
  readonly field: string
}

export function scriptFailed(place: ScriptPlace, script: string, fault: LuaFault): Diagnostic {
  const { asker, cluster, object, field } = place
  const path = [...asker.path, field]
  const about = object === undefined ? '' : ` for ${object}`
  return diagnostic('resolve/script-failed', {
    message: `${asker.id}: \`${field}\` ${verbs[fault.kind]}${about}: ${fault.message}`,
    span:
      fault.line === undefined
        ? locate(asker.document, path)
        : locateInString(asker.document, path, ...lineRange(script, fault.line)),
    ...aboutCluster(cluster),
    ...consequence(asker),
    hint:
      fault.kind === 'limit'
        ? 'Make the script do less: it may take 10 million instructions, 256 MB and one second.'
        : 'Try the script on the object; a field that is missing is nil, and indexing nil ends the script.',
  })
}

const verbs: Readonly<Record<LuaFault['kind'], string>> = {
  syntax: 'is no Lua',
  runtime: 'failed',
  limit: 'was ended',
  result: 'gave a wrong result',
}

export function celLimit(place: Omit<ScriptPlace, 'field'>, rule: number, reason: string): Diagnostic {
  const { asker, cluster, object = '' } = place
  return diagnostic('resolve/script-failed', {
    message: `${asker.id}: a rule of \`evaluateCEL\` was ended for ${object}: ${reason}`,
    span: locate(asker.document, [...asker.path, 'evaluateCEL', rule, 'rule']),
    ...aboutCluster(cluster),
    ...consequence(asker),
    hint: 'Loop over fewer elements: a list inside a list inside a list multiplies.',
  })
}

/** What holds nothing fails nothing either. */
function consequence({ holds }: ScriptPlace['asker']): Pick<Partial<Diagnostic>, 'holds' | 'severity'> {
  return { ...(holds !== undefined && { holds }), ...(holds === 'nothing' && { severity: 'warning' }) }
}

function aboutCluster(cluster: string): { readonly subject?: Subject } {
  return cluster === managementId ? {} : { subject: { cluster } }
}

/** Offset and length of what a line says. */
function lineRange(script: string, line: number): [offset: number, length: number] {
  const lines = script.split('\n')
  const before = lines.slice(0, line - 1).reduce((sum, text) => sum + text.length + 1, 0)
  const text = lines[line - 1] ?? ''
  const indent = text.length - text.trimStart().length
  return [before + indent, Math.max(text.trim().length, 1)]
}
