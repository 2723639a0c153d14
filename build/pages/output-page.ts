import { generatedNote, markdownTable } from './markdown.ts'
import { schemaRows, type JsonSchema } from './schema-rows.ts'

/** `output.schema.json` for `compile`, `review.schema.json` for `diff`, `output-show-addons.schema.json` for the others. */
export function schemaFile(command: string): string {
  if (command === 'diff') return 'review.schema.json'
  return command === 'compile' ? 'output.schema.json' : `output-${command.replaceAll(' ', '-')}.schema.json`
}

/** What `--output json` prints, by command. */
export function outputPage(schemas: Readonly<Record<string, JsonSchema>>): string {
  return [
    generatedNote,
    '# Output',
    '`--output json` prints one JSON document on standard output and nothing else there; the exit code says the same as without it. Diagnostics are part of the document. Fields may be added; those that are here stay.',
    ...Object.entries(schemas).flatMap(([command, schema]) => [
      `## fleetwright ${command}`,
      `${schema.description ?? ''} Schema: [${schemaFile(command)}](${schemaFile(command)}).`,
      markdownTable(['Field', 'Type', 'Always', 'Meaning'], schemaRows(schema)),
    ]),
    '',
  ].join('\n\n')
}
