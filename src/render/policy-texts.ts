import { Buffer } from 'node:buffer'
import type { BlockedCall, Engine, Entropy, FileTree, Impurity, Outcome } from '../engine/types.ts'
import type { PolicyUnit } from '../resolve/types.ts'

interface NamedText {
  readonly name: string
  readonly text: string
}

/** Evaluates a Lua policy: resources by identifier as JSON text → YAML text (sveltos.md 3.4). */
export type EvaluateLua = (script: string, resources: string) => Outcome<string>

/**
 * The texts of a policy unit, instantiated (sveltos.md 1.8, steps 3 and 4): each by itself, in order, since an error of
 * one names its own file.
 */
export async function policyTexts(
  unit: PolicyUnit,
  tree: FileTree | undefined,
  engines: { readonly engine: Engine; readonly evaluateLua: EvaluateLua; readonly entropy: Entropy },
): Promise<Outcome<readonly NamedText[]>> {
  const written = unit.content.type === 'texts' ? unit.content.texts : textsOf(tree)
  if (unit.instantiate === 'none') return { ok: true, value: written }
  if (unit.instantiate === 'lua')
    return eachText(
      written,
      written.map(({ text }) => engines.evaluateLua(text, unit.templateData)),
    )
  const outcomes = await engines.engine.executeTemplates(
    { dialect: 'profile', data: unit.templateData, templates: written },
    engines.entropy,
  )
  return eachText(written, outcomes)
}

function eachText(
  written: readonly NamedText[],
  outcomes: readonly Outcome<string>[],
): Outcome<readonly NamedText[]> {
  const texts: NamedText[] = []
  const blocked: BlockedCall[] = []
  let impure: Impurity | undefined
  for (const [index, { name }] of written.entries()) {
    const outcome = outcomes[index]
    if (outcome?.ok !== true)
      return {
        ok: false,
        fault: { ...(outcome?.fault ?? { kind: 'crash', message: 'no answer' }), file: name },
      }
    texts.push({ name, text: outcome.value })
    blocked.push(...(outcome.blocked ?? []))
    if (outcome.impure)
      impure = {
        random: (impure?.random ?? 0) + outcome.impure.random,
        clock: (impure?.clock ?? 0) + outcome.impure.clock,
      }
  }
  return { ok: true, value: texts, ...(impure && { impure }), ...(blocked.length > 0 && { blocked }) }
}

/** Every manifest file below the folder, sorted by path (sveltos.md 1.8.3). */
function textsOf(tree: FileTree | undefined): readonly NamedText[] {
  return [...(tree?.files ?? [])]
    .filter(([path]) => /\.(ya?ml|json)$/i.test(path))
    .sort(([a], [b]) => (a < b ? -1 : 1))
    .map(([name, bytes]) => ({ name, text: Buffer.from(bytes).toString('utf8') }))
}
