import { entries } from '../catalogue-entry.ts'

export const branchCodes = entries({})
