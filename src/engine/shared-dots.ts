import type { Engine, Outcome, TemplateBatch } from './types.ts'

type Execute = Engine['executeTemplates']

interface Call {
  readonly templates: TemplateBatch['templates']
  readonly resolve: (outcomes: readonly Outcome<string>[]) => void
  readonly reject: (error: unknown) => void
}

/**
 * Makes calls of the same turn one where their templates see the same dot at the same time: to read the dot costs more than
 * most templates. Seeded ones stay apart, since what they draw is theirs.
 */
export function shareDots(execute: Execute): Execute {
  let waiting = new Map<string, Group>()
  const executeAll = (): void => {
    const groups = [...waiting.values()]
    waiting = new Map()
    for (const group of groups) void executeGroup(execute, group)
  }
  return (batch, { seed, clockMs }) => {
    const { dialect, data, templates } = batch
    if (seed !== undefined) return execute(batch, { seed, clockMs })
    return new Promise((resolve, reject) => {
      if (waiting.size === 0) setImmediate(executeAll)
      const key = `${dialect} ${clockMs} ${data}`
      const group = waiting.get(key) ?? { dialect, data, clockMs, calls: [] }
      group.calls.push({ templates, resolve, reject })
      waiting.set(key, group)
    })
  }
}

interface Group extends Omit<TemplateBatch, 'templates'> {
  readonly clockMs: number
  readonly calls: Call[]
}

async function executeGroup(execute: Execute, { dialect, data, clockMs, calls }: Group): Promise<void> {
  try {
    const templates = calls.flatMap((call) => call.templates)
    const outcomes = await execute({ dialect, data, templates }, { clockMs })
    let start = 0
    for (const call of calls) {
      call.resolve(outcomes.slice(start, start + call.templates.length))
      start += call.templates.length
    }
  } catch (error) {
    for (const { reject } of calls) reject(error)
  }
}
