import { parse } from '@bufbuild/cel'
import { childrenOf, type Expression } from './expression.ts'

export type InlinedRule =
  | { readonly ok: true; readonly expression: string }
  /** Completes `it …`. */
  | { readonly ok: false; readonly reason: string }

/** `.` must not stand before these, but they are no names of variables. */
const reserved = new Set(
  'as break const continue else false for function if import in let loop null package namespace return true var void while'.split(
    ' ',
  ),
)

/** Every object has these, so that asking for them is no question. */
const always = new Set(['apiVersion', 'kind', 'metadata'])

interface Edit {
  readonly start: number
  readonly end: number
  readonly text: string
}

/** Thrown inside this file only. */
class NotInlinable extends Error {}

/**
 * A rule of `evaluateCEL` as Flux evaluates expressions: with the top-level fields of the object as variables, where
 * Sveltos has them in `resource`. Whenever one holds, so does the other; where one fails, the other fails or does not hold,
 * which both count as not healthy yet. The rule must be one that `check` finds nothing wrong with.
 * @example inlineFields('has(resource.status) && resource.status.ready') // (size([status]) == 1) && status.ready
 */
export function inlineFields(rule: string): InlinedRule {
  const { expr, sourceInfo } = parse(rule)
  const edits: Edit[] = []
  const startOf = ({ id }: Expression): number => Number(sourceInfo?.positions[String(id)] ?? 0)
  const visit = (expression: Expression, scope: ReadonlySet<string>, isPositive: boolean): void => {
    const { exprKind: kind } = expression
    if (kind.case === 'selectExpr') {
      const { operand, field, testOnly } = kind.value
      if (operand && isResource(operand, scope)) {
        checkName(field, scope)
        edits.push(
          testOnly
            ? existence(rule, { start: startOf(expression), field, isPositive })
            : removal(rule, startOf(operand)),
        )
        return
      }
    }
    if (isResource(expression, scope)) throw new NotInlinable('looks at the object as a whole')
    if (kind.case === 'comprehensionExpr') {
      const { iterRange, accuInit, loopCondition, loopStep, result, iterVar, accuVar } = kind.value
      for (const part of [iterRange, accuInit]) if (part) visit(part, scope, false)
      const inner = new Set([...scope, iterVar, accuVar])
      for (const part of [loopCondition, loopStep, result]) if (part) visit(part, inner, false)
      return
    }
    childrenOf(kind).forEach((child, position) => {
      visit(child, scope, isPositive && keepsSense(expression, position))
    })
  }
  try {
    visit(expr, new Set(), true)
  } catch (error) {
    if (!(error instanceof NotInlinable)) throw error
    return { ok: false, reason: error.message }
  }
  return { ok: true, expression: applied(rule, edits).trim() }
}

function isResource({ exprKind: kind }: Expression, scope: ReadonlySet<string>): boolean {
  return kind.case === 'identExpr' && kind.value.name === 'resource' && !scope.has('resource')
}

function checkName(field: string, scope: ReadonlySet<string>): void {
  if (reserved.has(field) || !/^[A-Za-z_][A-Za-z0-9_]*$/.test(field))
    throw new NotInlinable(`uses the field \`${field}\`, which cannot be the name of a variable`)
  if (scope.has(field))
    throw new NotInlinable(`calls a variable of its own \`${field}\`, as a field of the object`)
}

/** Whether an operand that becomes false, or fails, can only make the whole false or fail. */
function keepsSense({ exprKind: kind }: Expression, position: number): boolean {
  if (kind.case !== 'callExpr') return false
  const name = kind.value.function
  return name === '_&&_' || name === '_||_' || (name === '_?_:_' && position > 0)
}

/** `resource.status` → `status`. */
function removal(rule: string, start: number): Edit {
  const end = matchAt(rule, start, /resource\s*\.\s*/y)
  if (end === undefined) throw new NotInlinable('writes `resource` in a way that cannot be replaced')
  return { start, end, text: '' }
}

/**
 * `has(resource.status)`: a variable that is not there is an error and cannot be asked for. Where an error counts as
 * false, an expression that fails without it says the same.
 */
function existence(
  rule: string,
  { start, field, isPositive }: { start: number; field: string; isPositive: boolean },
): Edit {
  const end = matchAt(rule, start, /has\s*\(\s*resource\s*\.\s*\w+\s*\)/y)
  if (end === undefined) throw new NotInlinable('writes `has` in a way that cannot be replaced')
  if (always.has(field)) return { start, end, text: 'true' }
  if (!isPositive) throw new NotInlinable(`asks whether \`${field}\` is missing`)
  return { start, end, text: `(size([${field}]) == 1)` }
}

function matchAt(text: string, start: number, pattern: RegExp): number | undefined {
  pattern.lastIndex = start
  const match = pattern.exec(text)
  return match === null ? undefined : start + match[0].length
}

function applied(text: string, edits: readonly Edit[]): string {
  return edits
    .toSorted((a, b) => b.start - a.start)
    .reduce((done, { start, end, text: by }) => done.slice(0, start) + by + done.slice(end), text)
}
