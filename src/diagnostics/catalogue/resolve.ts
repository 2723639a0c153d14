import { entries } from '../catalogue-entry.ts'

export const resolveCodes = entries({})
