import type { OptionRow } from './option-row.ts'

/** Other ways to set variables of the app, whose defaults and rules are the app's. */
export const serveOptions = {
  host: {
    argument: 'ADDRESS',
    help: 'Address to listen on',
    defaultNote: '0.0.0.0',
    environment: 'HOST',
    commands: ['serve'],
  },
  port: {
    argument: 'PORT',
    help: 'Port to listen on; 0 takes a free one',
    defaultNote: '3000',
    environment: 'PORT',
    commands: ['serve'],
  },
  workers: {
    argument: 'N',
    help: 'Pieces of work that are done at a time',
    defaultNote: 'the number of cores',
    environment: 'WORKERS',
    commands: ['serve'],
  },
  data: {
    argument: 'DIR',
    help: 'Folder that keeps the queue, repositories and downloads',
    defaultNote: './data',
    environment: 'FLEETWRIGHT_DATA',
    commands: ['serve'],
  },
  fleets: {
    argument: 'FILE',
    help: 'What the operator says of each repository: keys, credentials, limits, clusters',
    environment: 'FLEETWRIGHT_FLEETS',
    commands: ['serve'],
  },
  printManifest: {
    argument: 'URL',
    help: 'Print the manifest that GitHub makes the App from, for an app that is reached at this URL, and on standard error a link to the form with the same filled in; start nothing',
    commands: ['serve'],
  },
} as const satisfies Record<string, OptionRow>
