import { codeBlock, generatedNote, markdownTable } from './markdown.ts'
import { schemaRows, type JsonSchema } from './schema-rows.ts'

/** Every field of fleetwright.yaml, from its schema. */
export function configurationPage(schema: JsonSchema): string {
  return [
    generatedNote,
    '# fleetwright.yaml',
    'The configuration of a repository, at its root. Every field is optional, and so is the file. Unknown fields are errors. An editor with YAML language support completes it when the file begins with this line and [the schema](fleetwright.schema.json) lies where it says:',
    codeBlock('# yaml-language-server: $schema=./docs/reference/fleetwright.schema.json', 'yaml'),
    markdownTable(['Field', 'Type', 'Required', 'Meaning'], schemaRows(schema)),
    '',
  ].join('\n\n')
}
