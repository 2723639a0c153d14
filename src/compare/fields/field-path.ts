import { compareText } from '../../kubernetes/text-order.ts'
import type { FieldPath, ItemKey, PathStep } from '../types.ts'

const plainName = /^[A-Za-z_][\w-]*$/
const plainItem = /^[\w./:@%+*-]+$/
/** What would read as something else than a text. */
const otherScalar = /^(?:[-+.]?\d[\d.]*(?:[eE][-+]?\d+)?|true|false)$/

/**
 * `spec.template.spec.containers[name=app].image`, `metadata.annotations["a.b/c"]`, `args[0]`, `finalizers[=a/b]`. Different
 * paths give different texts; the empty path is `.`.
 */
export function formatFieldPath(path: FieldPath): string {
  if (path.length === 0) return '.'
  return path.map((step, index) => formatStep(step, index === 0)).join('')
}

function formatStep(step: PathStep, isFirst: boolean): string {
  if (typeof step === 'number') return `[${step}]`
  if (typeof step !== 'string') return formatItem(step)
  if (!plainName.test(step)) return `[${JSON.stringify(step)}]`
  return isFirst ? step : `.${step}`
}

function formatItem(item: ItemKey): string {
  const parts = Object.entries(item).map(([key, value]) => {
    const name = key === '' || plainName.test(key) ? key : JSON.stringify(key)
    const isPlain = typeof value !== 'string' || (plainItem.test(value) && !otherScalar.test(value))
    return `${name}=${isPlain ? value : JSON.stringify(value)}`
  })
  return `[${parts.join(',')}]`
}

/** By code unit, step by step; a path stands before what lies below it, and items by number before items by key. */
export function comparePaths(a: FieldPath, b: FieldPath): number {
  for (const [index, step] of a.entries()) {
    const other = b[index]
    if (other === undefined) return 1
    const order = compareSteps(step, other)
    if (order !== 0) return order
  }
  return a.length - b.length
}

function compareSteps(a: PathStep, b: PathStep): number {
  if (typeof a === 'string' && typeof b === 'string') return compareText(a, b)
  if (typeof a === 'number' && typeof b === 'number') return a - b
  if (typeof a === 'object' && typeof b === 'object') return compareText(formatItem(a), formatItem(b))
  return rankOf(a) - rankOf(b)
}

function rankOf(step: PathStep): number {
  return ['string', 'number', 'object'].indexOf(typeof step)
}
