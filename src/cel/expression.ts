import type { parse } from '@bufbuild/cel'

/** Syntax trees are the messages of CEL's own protocol; macros are loops in them already. */
export type Expression = NonNullable<ReturnType<typeof parse>['expr']>
type Kind = Expression['exprKind']
export type Loop = Extract<Kind, { case: 'comprehensionExpr' }>['value']

/** Deepest nesting of a rule: cel-go's own limit. */
const maxDepth = 250

/** Functions that rules cannot write, since names of users never begin with `@`. */
export const steps = { tick: '@tick', walk: '@walk', list: '@list', append: '@append' } as const

/** The planner handles these itself. */
const operators = new Set(['_&&_', '_||_', '_?_:_', '_[_]', '@not_strictly_false', '__not_strictly_false__'])
const typeNames = new Set([
  ...['int', 'uint', 'double', 'bool', 'string', 'bytes', 'list', 'map', 'null_type', 'type'],
  'google', // google.protobuf.Timestamp and its kind
])

/**
 * The first name that a rule uses and that nobody defines; cel-go refuses such a rule before it is run.
 * Throws RangeError when the rule is nested too deeply.
 */
export function unknownName(root: Expression, functions: ReadonlySet<string>): string | undefined {
  let found: string | undefined
  const visit = (expression: Expression, known: ReadonlySet<string>, depth: number): void => {
    if (depth > maxDepth) throw new RangeError('nested too deeply')
    const { exprKind: kind } = expression
    if (kind.case === 'identExpr' && !known.has(kind.value.name) && !typeNames.has(kind.value.name))
      found ??= `variable \`${kind.value.name}\``
    if (
      kind.case === 'callExpr' &&
      !operators.has(kind.value.function) &&
      !functions.has(kind.value.function)
    )
      found ??= `function \`${kind.value.function}\``
    if (kind.case === 'comprehensionExpr') {
      const { iterRange, accuInit, loopCondition, loopStep, result, iterVar, accuVar } = kind.value
      for (const part of [iterRange, accuInit]) if (part) visit(part, known, depth + 1)
      const inner = new Set([...known, iterVar, accuVar])
      for (const part of [loopCondition, loopStep, result]) if (part) visit(part, inner, depth + 1)
    } else for (const child of childrenOf(kind)) visit(child, known, depth + 1)
  }
  visit(root, new Set(['resource']), 0)
  return found
}

/** What an expression is made of, in order. */
export function childrenOf(kind: Kind): readonly Expression[] {
  switch (kind.case) {
    case 'selectExpr':
      return present([kind.value.operand])
    case 'callExpr':
      return present([kind.value.target, ...kind.value.args])
    case 'listExpr':
      return kind.value.elements
    case 'structExpr':
      return present(
        kind.value.entries.flatMap(({ keyKind, value }) => [
          keyKind.case === 'mapKey' ? keyKind.value : undefined,
          value,
        ]),
      )
    case 'comprehensionExpr': {
      const { iterRange, accuInit, loopCondition, loopStep, result } = kind.value
      return present([iterRange, accuInit, loopCondition, loopStep, result])
    }
    default:
      return []
  }
}

function present(list: readonly (Expression | undefined)[]): readonly Expression[] {
  return list.filter((one) => one !== undefined)
}

/**
 * The same rule with every loop metered: what it walks over is charged by its size, each round by the size of its body. And
 * `map` and `filter` grow one list, where the library nests a list in a list per element until the stack ends.
 */
export function metered(expression: Expression): Expression {
  const { exprKind: kind } = expression
  switch (kind.case) {
    case 'selectExpr':
      return withKind(expression, { ...kind, value: { ...kind.value, ...mapped(kind.value, ['operand']) } })
    case 'callExpr': {
      const value = { ...kind.value, ...mapped(kind.value, ['target']), args: kind.value.args.map(metered) }
      return appended(expression) ?? withKind(expression, { ...kind, value })
    }
    case 'listExpr':
      return withKind(expression, {
        ...kind,
        value: { ...kind.value, elements: kind.value.elements.map(metered) },
      })
    case 'structExpr': {
      const entries = kind.value.entries.map((entry) => ({
        ...entry,
        ...mapped(entry, ['value']),
        ...(entry.keyKind.case === 'mapKey' && {
          keyKind: { ...entry.keyKind, value: metered(entry.keyKind.value) },
        }),
      }))
      return withKind(expression, { ...kind, value: { ...kind.value, entries } })
    }
    case 'comprehensionExpr':
      return withKind(expression, { ...kind, value: meteredLoop(kind.value) })
    default:
      return expression
  }
}

function meteredLoop(loop: Loop): Loop {
  const { iterRange, accuInit, loopCondition, loopStep, result } = loop
  const size = present([loopCondition, loopStep]).reduce((sum, part) => sum + sizeOf(part), 1)
  const startsEmpty = accuInit?.exprKind.case === 'listExpr' && accuInit.exprKind.value.elements.length === 0
  return {
    ...loop,
    ...(iterRange && { iterRange: call(iterRange, steps.walk, [metered(iterRange)]) }),
    ...(accuInit && { accuInit: startsEmpty ? call(accuInit, steps.list, []) : metered(accuInit) }),
    ...(loopCondition && {
      // The condition of a ternary, so that no `||` swallows the end of the budget.
      loopCondition: call(loopCondition, '_?_:_', [
        call(loopCondition, steps.tick, [
          constant(loopCondition, { case: 'int64Value', value: BigInt(size) }),
        ]),
        metered(loopCondition),
        constant(loopCondition, { case: 'boolValue', value: false }),
      ]),
    }),
    ...(loopStep && { loopStep: metered(loopStep) }),
    ...(result && { result: metered(result) }),
  }
}

/** `@result + [x]`, which only macros can write. */
function appended(expression: Expression): Expression | undefined {
  const { exprKind: kind } = expression
  if (kind.case !== 'callExpr' || kind.value.function !== '_+_') return undefined
  const [list, item] = kind.value.args
  if (list?.exprKind.case !== 'identExpr' || !list.exprKind.value.name.startsWith('@')) return undefined
  if (item?.exprKind.case !== 'listExpr') return undefined
  return call(expression, steps.append, [list, ...item.exprKind.value.elements.map(metered)])
}

/** Nodes of a loop's body; the bodies of loops inside pay for themselves. */
function sizeOf(expression: Expression): number {
  const { exprKind: kind } = expression
  const inside =
    kind.case === 'comprehensionExpr'
      ? present([kind.value.iterRange, kind.value.accuInit, kind.value.result])
      : childrenOf(kind)
  return inside.reduce((sum, child) => sum + sizeOf(child), 1)
}

function mapped<T, K extends keyof T>(value: T, keys: readonly K[]): Partial<T> {
  const parts = keys.map((key) => [key, value[key]] as const)
  return Object.fromEntries(
    parts.filter(([, part]) => part !== undefined).map(([key, part]) => [key, metered(part as Expression)]),
  ) as Partial<T>
}

function withKind(expression: Expression, exprKind: Kind): Expression {
  return { ...expression, exprKind }
}

type Constant = Extract<Kind, { case: 'constExpr' }>['value']

function constant(at: Expression, constantKind: Constant['constantKind']): Expression {
  const value: Constant = { $typeName: 'cel.expr.Constant', constantKind }
  return withKind(at, { case: 'constExpr', value })
}

function call(at: Expression, name: string, args: Expression[]): Expression {
  return withKind(at, { case: 'callExpr', value: { $typeName: 'cel.expr.Expr.Call', function: name, args } })
}
