import { textAt } from '../read-value.ts'
import { isRemoved, staysBehind } from '../removal.ts'
import type { FoundDanger, ObjectInReview, Rule } from '../rule.ts'
import { volumeClaimsOf } from '../volume-claims.ts'
import { listed, nameOf } from '../wording.ts'

/** "When a user […] deletes a PVC […] the reclaim policy tells the cluster what to do with the volume": `Delete` unless set otherwise (Kubernetes, Persistent Volumes). */
export const volumeClaimRemoved: Rule = {
  name: 'volume-claim-removed',
  severity: 'high',
  what: 'A volume, a claim to one, or the StatefulSet whose claims hold its data goes, or loses a claim.',
  why: 'With a PersistentVolumeClaim goes its volume, unless the reclaim policy keeps it. A StatefulSet under another name makes new claims and starts empty, and so does one whose claim template has another name.',
  example: '  volumeClaimTemplates:\n  - metadata:\n-     name: data\n+     name: storage',
  fix: 'Back the data up, set the reclaim policy of the volume to `Retain`, or leave the claim with `kustomize.toolkit.fluxcd.io/prune: disabled`.',
  looksAt: 'object',
  *find(object) {
    const { change } = object
    if (change.delivery === true || change.before === undefined) return
    switch (change.before.kind) {
      case 'PersistentVolumeClaim':
      case 'PersistentVolume':
        yield* findVolume(object, nameOf(change.before))
        return
      case 'StatefulSet':
        yield* findClaims(object, nameOf(change.before))
        return
    }
  },
}

function* findVolume(object: ObjectInReview, name: string): Generator<FoundDanger> {
  if (object.change.change === 'moved') {
    const to = object.change.after?.unit ?? ''
    const message = `${name} moves to ${to}: its data are lost if the old unit prunes it before the new one applies it`
    if (!staysBehind(object)) yield { severity: 'medium', message }
  }
  if (!isRemoved(object)) return
  if (staysBehind(object))
    yield { severity: 'medium', message: `${name} is removed from the tree; it stays in the cluster` }
  else yield { message: `${name} is removed, and its data with it unless its reclaim policy keeps them` }
}

function* findClaims(object: ObjectInReview, name: string): Generator<FoundDanger> {
  const claims = volumeClaimsOf(object.before?.value)
  if (claims.length === 0) return
  if (isRemoved(object)) {
    yield* removedSet(object, `${name} is removed`, claims)
    return
  }
  const left = new Set(volumeClaimsOf(object.after?.value))
  const gone = claims.filter((claim) => !left.has(claim))
  if (gone.length === 0) return
  const what = `volume claim${gone.length > 1 ? 's' : ''} ${listed(gone)}`
  yield {
    message: `${name} loses ${what}: the API refuses the change, and a set that is made anew starts without these data`,
    path: ['spec', 'volumeClaimTemplates'],
  }
}

function* removedSet(
  object: ObjectInReview,
  start: string,
  claims: readonly string[],
): Generator<FoundDanger> {
  const retention = ['spec', 'persistentVolumeClaimRetentionPolicy', 'whenDeleted']
  const isDeleted = textAt(object.before?.value, retention) === 'Delete' && !staysBehind(object)
  yield isDeleted
    ? { message: `${start}, and the data of ${listed(claims)} with it (whenDeleted: Delete)` }
    : { severity: 'medium', message: `${start}; its volumes (${listed(claims)}) stay behind, used by nobody` }
}
