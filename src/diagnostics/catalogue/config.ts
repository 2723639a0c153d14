import { entries } from '../catalogue-entry.ts'

export const configCodes = entries({})
