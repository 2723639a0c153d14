import { entries } from '../catalogue-entry.ts'

export const engineCodes = entries({})
