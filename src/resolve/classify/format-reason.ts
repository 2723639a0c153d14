import type { ClassifierReason } from '../types.ts'

/**
 * What made a classifier match, in words.
 * @example formatReason({ kind: 'version', constraint: '>= 1.25.0', version: '1.25.9' }) // '1.25.9 is >= 1.25.0'
 */
export function formatReason(reason: ClassifierReason): string {
  switch (reason.kind) {
    case 'version':
      return `version ${reason.version} is ${reason.constraint}`
    case 'objects': {
      const { count, objects } = reason
      const more = count > objects.length ? `, and ${count - objects.length} more` : ''
      return `finds ${count} object${count === 1 ? '' : 's'}${count === 0 ? '' : `: ${objects.join(', ')}${more}`}`
    }
    case 'script':
      return reason.message === '' ? 'its script says so' : `its script says: ${reason.message}`
    case 'always':
      return 'has no constraint: every cluster matches'
  }
}
