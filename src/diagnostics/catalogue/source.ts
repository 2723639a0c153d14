import { entries } from '../catalogue-entry.ts'

export const sourceCodes = entries({})
