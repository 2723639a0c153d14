/** A kind of change as a sign, a word and a class of the style: no reader depends on colour. */
export interface ChangeMark {
  readonly kind: ChangeKind
  readonly sign: string
}

export type ChangeKind = 'gained' | 'lost' | 'moved' | 'changed' | 'routine' | 'added' | 'removed' | 'renamed'

const signs: Readonly<Record<ChangeKind, string>> = {
  gained: '+',
  lost: '−',
  moved: '⇄',
  changed: '~',
  routine: '·',
  added: '+',
  removed: '−',
  renamed: '↷',
}

/** What is changed and no news is a kind of its own: filters and colours tell it from the rest. */
export function markOf({
  change,
  routine,
}: {
  readonly change: ChangeKind
  readonly routine: boolean
}): ChangeMark {
  const kind = change === 'changed' && routine ? 'routine' : change
  return { kind, sign: signs[kind] }
}
