import { entries } from '../catalogue-entry.ts'

export const intentCodes = entries({})
