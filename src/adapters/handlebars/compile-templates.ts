import Handlebars from 'handlebars'
import {
  TemplateError,
  type CompiledTemplates,
  type TemplateCompiler,
  type TemplateSources,
} from '../../report/template-port.ts'

type Delegate = Handlebars.TemplateDelegate<object>

/** Of Handlebars' own helpers those that look at values; `log` and `lookup` are for others. */
const blocks = ['if', 'unless', 'each', 'with'] as const

/** Parses equal templates once: a comment, a check and a summary are made of the same ones. */
export function createTemplateCompiler(): TemplateCompiler {
  const known = new Map<string, CompiledTemplates>()
  return (sources) => {
    const key = JSON.stringify([sources.escaping, ...sources.texts])
    const compiled = known.get(key) ?? compileTemplates(sources)
    known.set(key, compiled)
    return compiled
  }
}

/**
 * Handlebars, narrowed: nothing is escaped where the values see to that themselves; a name that there is not is an error and
 * not an empty text; nothing of a prototype can be reached; no helper beside the given ones.
 */
function compileTemplates({ texts, helpers, escaping }: TemplateSources): CompiledTemplates {
  const handlebars = Handlebars.create()
  for (const name of Object.keys(handlebars.helpers))
    if (!blocks.includes(name as (typeof blocks)[number]) && !name.endsWith('Missing'))
      handlebars.unregisterHelper(name)
  for (const [name, helper] of Object.entries(helpers))
    // Handlebars puts an object of its own behind the values.
    handlebars.registerHelper(name, (...values: unknown[]) => helper(...values.slice(0, -1)))
  const known = Object.fromEntries([...blocks, ...Object.keys(helpers)].map((name) => [name, true]))
  const options = {
    ...{ noEscape: escaping === undefined, strict: true, knownHelpersOnly: true },
    // Texts of several lines stay as they are wherever a template includes another.
    preventIndent: escaping === 'html',
    knownHelpers: known,
  }
  const delegates = new Map<string, Delegate>()
  for (const [name, text] of texts) {
    // Parsed here, and not at the first use: a mistake is told whatever the change.
    attempt(name, () => handlebars.precompile(text, options))
    const delegate = handlebars.compile<object>(text, options)
    delegates.set(name, delegate)
    handlebars.registerPartial(name.replace(/(?:\.md)?\.hbs$/, ''), delegate)
  }
  return {
    render(name, values) {
      const delegate = delegates.get(name)
      if (delegate === undefined) throw new TemplateError(name, 'there is no such template')
      return attempt(name, () =>
        delegate(values, { allowProtoPropertiesByDefault: false, allowProtoMethodsByDefault: false }),
      )
    },
  }
}

function attempt<Result>(name: string, work: () => Result): Result {
  try {
    return work()
  } catch (error) {
    // Handlebars' own errors have no type; a template that includes itself ends the stack.
    const message = error instanceof Error ? error.message : String(error)
    throw new TemplateError(name, message)
  }
}
