import manifest from '../../package.json' with { type: 'json' }

/** Of this package: what another one found may be something else. */
export const version: string = manifest.version
