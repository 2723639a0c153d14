import { codeBlock, generatedNote, markdownTable } from './markdown.ts'
import { schemaRows, type JsonSchema } from './schema-rows.ts'

/** Every field of fleetwright.yaml, from its schema. */
export function configurationPage(schema: JsonSchema): string {
  return [
    generatedNote,
    '# fleetwright.yaml',
    'The configuration of a repository, at its root. Every field is optional, and so is the file. It is one YAML document of at most 4 MiB, in `fleetwright.yaml` or `fleetwright.yml` and no link. Unknown fields, fields without a value, fields that stand twice and a merge key `<<` that is not the first key of its mapping are errors, as nothing may be read in two ways that brakes and permissions depend on. With an error nothing is written, and [nothing of the file is trusted](diagnostics.md#configbase-broken). An editor with YAML language support completes it when the file begins with this line and [the schema](fleetwright.schema.json) lies where it says:',
    codeBlock('# yaml-language-server: $schema=./docs/reference/fleetwright.schema.json', 'yaml'),
    markdownTable(['Field', 'Type', 'Required', 'Meaning'], schemaRows(schema)),
    '',
  ].join('\n\n')
}
