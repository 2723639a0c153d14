import { z } from 'zod'
import { writtenConfig } from './written-config.ts'

export { readConfigInForce } from './config-in-force.ts'
export { defaultConfig } from './default-config.ts'
export { brokenBase } from './diagnostics.ts'
export { parseConfig } from './parse-config.ts'
export { strictestConfig } from './strictest-config.ts'
export { trustChanges, withTrusted, type TrustChange } from './trusted-config.ts'
export { formatDuration, formatShare, parseDuration, parseKubernetesVersion } from './units.ts'

/** JSON Schema (draft 7, which editors know) of fleetwright.yaml, published as docs/reference/fleetwright.schema.json. */
export function configSchema(): object {
  const schema = z.toJSONSchema(writtenConfig, { target: 'draft-7' })
  return {
    ...schema,
    title: 'fleetwright.yaml',
    description: 'Configuration of fleetwright; every field of spec is optional.',
  }
}
