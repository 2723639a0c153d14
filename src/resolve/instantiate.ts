import type { Engine, EngineFault, Outcome, TemplateDialect } from '../engine/types.ts'

/** Text with its place in the profile, to be instantiated. */
export interface Template {
  readonly path: readonly (string | number)[]
  readonly text: string
}

/** A fault with the place of the template that has it. */
export interface TemplateFault {
  readonly path: readonly (string | number)[]
  readonly fault: EngineFault
}

/** Functions that gave `''` to the template at this place, since they would have reached out of the sandbox. */
export interface BlockedTemplate {
  readonly path: readonly (string | number)[]
  readonly functions: readonly string[]
}

/** Same order as the templates, or every fault. */
export type Instantiated = {
  readonly texts: readonly string[]
  readonly faults: readonly TemplateFault[]
  readonly blocked: readonly BlockedTemplate[]
}

/**
 * Executes the templates among `templates` in one call; texts without `{{` are themselves.
 * The clock is the compile's, randomness is refused: a name or a value that changes with each run is no intent.
 */
export async function instantiate(
  engine: Engine,
  clockMs: number,
  context: { readonly dialect: TemplateDialect; readonly data: string },
  templates: readonly Template[],
): Promise<Instantiated> {
  const texts = templates.map(({ text }) => text)
  const wanted = templates.flatMap((template, index) =>
    template.text.includes('{{') ? [{ ...template, index }] : [],
  )
  if (wanted.length === 0) return { texts, faults: [], blocked: [] }
  const outcomes = await engine.executeTemplates(
    { ...context, templates: wanted.map(({ path, text }) => ({ name: path.join('.'), text })) },
    { clockMs },
  )
  const faults: TemplateFault[] = []
  const blocked: BlockedTemplate[] = []
  wanted.forEach(({ path, index }, position) => {
    const outcome: Outcome<string> | undefined = outcomes[position]
    if (outcome?.ok === true && (outcome.impure?.random ?? 0) === 0) texts[index] = outcome.value
    else faults.push({ path, fault: outcome?.ok === false ? outcome.fault : randomFault })
    if (outcome?.ok === true && outcome.blocked)
      blocked.push({ path, functions: outcome.blocked.map((call) => call.function) })
  })
  return { texts, faults, blocked }
}

const randomFault: EngineFault = {
  kind: 'template',
  message: 'it draws randomness, so that it would give something else at each compile',
}
