import manifest from '../../package.json' with { type: 'json' }

/** Of this package; recorded in every build. */
export const version: string = manifest.version
