import { entries } from '../catalogue-entry.ts'

export const sourcesCodes = entries({})
