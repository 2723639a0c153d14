import { entries } from '../catalogue-entry.ts'

export const renderCodes = entries({})
