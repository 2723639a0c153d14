import { entries } from '../catalogue-entry.ts'

export const observeCodes = entries({})
