import { permissionTable, subscribedEvents } from '../../src/app/permissions.ts'
import { settingRows, type SettingRow } from '../../src/app/settings-table.ts'
import { metricRows } from '../../src/app/telemetry/metric-table.ts'
import { generatedNote, markdownTable } from './markdown.ts'

/** What `fleetwright serve` reads, shows and is allowed, from the tables that it is made of. */
export function appPage(): string {
  return [
    generatedNote,
    '# The GitHub App',
    'What [`fleetwright serve`](cli.md) takes from its environment, and what it shows of itself.',
    '## Variables',
    'An empty variable counts as absent. A start without what must be there, or with what cannot be, names all of it and ends with code 2. Values of secrets never reach the log.',
    markdownTable(
      ['Variable', 'Meaning', 'Default'],
      settingRows().map(([name, row]) => [`\`${name}\``, meaningOf(row), defaultOf(row)]),
    ),
    'Proxies are read from `HTTPS_PROXY`, `HTTP_PROXY` and `NO_PROXY`.',
    '## Permissions',
    '`fleetwright serve --print-manifest URL` prints them as the manifest that GitHub makes an App from.',
    markdownTable(
      ['Permission', 'Level', 'Why'],
      permissionTable.map(({ permission, level, reason }) => [`\`${permission}\``, level, reason]),
    ),
    `Webhooks: ${subscribedEvents.map((event) => `\`${event}\``).join(', ')}. Those of installations come by themselves.`,
    '## Metrics',
    '`/metrics` in the form of Prometheus, beside what Node says of its process (`process_…`, `nodejs_…`).',
    markdownTable(
      ['Metric', 'Type', 'Labels', 'Meaning'],
      metricRows().map(([name, { type, labels, help }]) => [
        `\`${name}\``,
        type,
        labels.map((label) => `\`${label}\``).join(', '),
        help,
      ]),
    ),
    '',
  ].join('\n\n')
}

function meaningOf({ help, isRequired, isSecret }: SettingRow): string {
  const notes = [...(isRequired === true ? ['must be set'] : []), ...(isSecret === true ? ['secret'] : [])]
  const text = help.replace(/^./, (letter) => letter.toUpperCase())
  return notes.length === 0 ? text : `${text} (${notes.join('; ')})`
}

function defaultOf({ default: value, defaultNote = '' }: SettingRow): string {
  return value === undefined ? defaultNote : `\`${value}\``
}
