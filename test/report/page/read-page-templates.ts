import { readPackagedPage } from '../../../src/adapters/disk/templates.ts'
import { createTemplateCompiler } from '../../../src/adapters/handlebars/compile-templates.ts'
import type { ReviewTemplates } from '../../../src/report/template-port.ts'

export async function readPageTemplates(
  overriding: Readonly<Record<string, string>> = {},
): Promise<ReviewTemplates> {
  return {
    packaged: await readPackagedPage(),
    overriding: new Map(Object.entries(overriding)),
    compile: createTemplateCompiler(),
  }
}
