import { annotationOf } from './metadata.ts'
import type { ObjectInReview } from './rule.ts'

/** Whether the object is removed from the tree and stays in the cluster all the same. */
export function staysBehind({ isLeft, before }: ObjectInReview): boolean {
  if (isLeft) return true
  const flux = ['prune', 'reconcile'].some(
    (word) => annotationOf(before?.value, `kustomize.toolkit.fluxcd.io/${word}`) === 'disabled',
  )
  return flux || hasSyncOption(before?.value, 'Prune=false')
}

/** Of the annotation by which Argo CD is told how to treat one object. */
export function hasSyncOption(value: unknown, option: string): boolean {
  const options = annotationOf(value, 'argocd.argoproj.io/sync-options') ?? ''
  return options.split(',').some((each) => each.trim() === option)
}

/** It is no longer part of the tree under its name. */
export function isRemoved({ change }: ObjectInReview): boolean {
  return change.change === 'removed' && change.delivery !== true
}
